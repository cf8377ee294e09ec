import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SearchPlan } from "kindred";
import { InputError } from "../../../door/inputError.ts";
import { MARK } from "../../../files/outputs/resultFiles.ts";

/** Results are smaller. */
const MOST_BYTES = 2 ** 28;

/**
 * The plan of an earlier search.
 *
 * @param path the folder that `kindred train` wrote, or the metrics.json in it
 * @throws InputError when there is none
 */
export function readPlan(path: string): SearchPlan {
  const result = readResult(path);
  const plan = isObject(result) && isObject(result["search"]) ? result["search"]["plan"] : undefined;
  if (!isObject(plan))
    throw new InputError(
      `${path} is not the result of a search; give a folder that kindred train wrote without --steps`,
    );
  return plan as unknown as SearchPlan;
}

function readResult(path: string): unknown {
  try {
    const file = statSync(path).isDirectory() ? join(path, MARK) : path;
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MOST_BYTES) throw new Error("it is no result of kindred train");
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as Error).message}; give a folder that kindred train wrote`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
