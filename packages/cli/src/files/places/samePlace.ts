import { statSync } from "node:fs";
import { locate, type Place } from "./place.ts";
import { PlaceFault } from "./placeFault.ts";

/** A path that the command was given, and what it is called: "--labels". Null: it was not given. */
export type NamedPath = readonly [name: string, path: string | null];

/**
 * Refuses to write where the same command reads or writes something else, under whatever name or link.
 *
 * @throws PlaceFault that names the other
 */
export function checkApart(place: Place, others: readonly NamedPath[]): void {
  for (const [name, path] of others)
    if (path !== null && isSame(place, path)) throw new PlaceFault(`which is ${name}, too`, "give another place");
}

function isSame(place: Place, path: string): boolean {
  if (place.stats === null) return realOf(path) === place.real;
  // numbers of files may be beyond 2^53
  const own = statSync(place.real, { bigint: true });
  const other = statsOf(path);
  return other !== null && own.dev === other.dev && own.ino === other.ino;
}

function statsOf(path: string): { dev: bigint; ino: bigint } | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}

function realOf(path: string): string | null {
  try {
    return locate(path).real;
  } catch {
    return null;
  }
}
