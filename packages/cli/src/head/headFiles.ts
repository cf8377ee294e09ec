import { join } from "node:path";
import { RESULT_FILES } from "../files/outputs/resultFiles.ts";

/**
 * The files of a head, and those of the result that it belongs to, none of which is to be written over while it is used.
 *
 * @param folder that `kindred train` wrote, or the model's folder in it; null: none
 */
export function headFiles(folder: string | null): string[] {
  if (folder === null) return [];
  return [...RESULT_FILES, "head.json", "weights.safetensors"].map((name) => join(folder, name));
}
