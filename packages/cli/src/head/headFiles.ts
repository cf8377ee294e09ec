import { join } from "node:path";

/** The files that a head is read from, given the folder that `kindred train` wrote or the model's in it; none for null. */
export function headFiles(folder: string | null): string[] {
  if (folder === null) return [];
  return ["", "model"].flatMap((below) =>
    ["head.json", "weights.safetensors"].map((name) => join(folder, below, name)),
  );
}
