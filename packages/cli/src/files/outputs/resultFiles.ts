import { accessSync, constants, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dirname } from "node:path/posix";
import { checkChangeable } from "../places/changeable.ts";
import { PlaceFault } from "../places/placeFault.ts";
import { WORKSHOP } from "./workshop.ts";

/** What `format` in metrics.json says of a folder that `kindred train` wrote. */
export const RESULT_FORMAT = "kindred-result";

/** The file whose {@link RESULT_FORMAT} marks a result. */
export const MARK = "metrics.json";

/** The files of a result. All others in its folder are the user's. */
export const RESULT_FILES: readonly string[] = [MARK, "report.html", "model/head.json", "model/weights.safetensors"];

/** Metrics are smaller. */
const MOST_BYTES = 2 ** 28;

/**
 * Refuses a folder into which no result may be written: one that holds files and no earlier result.
 *
 * @throws PlaceFault when it is, or a name of the result is taken by something else or by what may not be replaced
 */
export function checkResultFolder(folder: string): void {
  const content = readdirSync(folder).filter((name) => name !== WORKSHOP);
  if (content.length > 0 && !isMarked(folder))
    throw new PlaceFault("which holds other files", "give an empty or a new folder, or that of an earlier training");
  for (const name of new Set(RESULT_FILES.flatMap((file) => [dirname(file), file]))) {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const isFile = RESULT_FILES.includes(name);
    if (isFile ? !stats.isFile() : !stats.isDirectory())
      throw new PlaceFault(`in which ${name} is no plain ${isFile ? "file" : "folder"}`, "give another folder");
    if (isFile) checkChangeable(path);
    else accessSync(path, constants.W_OK);
  }
}

function isMarked(folder: string): boolean {
  const path = join(folder, MARK);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > MOST_BYTES) return false;
  try {
    const metrics = JSON.parse(readFileSync(path, "utf8")) as { format?: unknown } | null;
    return metrics?.format === RESULT_FORMAT;
  } catch {
    return false;
  }
}
