import * as kindred from "kindred";
import { InputError } from "../door/inputError.ts";
import { nearest } from "../door/nearest.ts";

/** A class that kindred exports. */
export type Exported<T> = (new (options?: object) => T) & { readonly prototype: object };

/** The names of kindred's classes that end so, sorted. */
export function namesEndingIn(ending: string, except: readonly string[]): string[] {
  return Object.entries(kindred)
    .filter(([name, value]) => name.endsWith(ending) && typeof value === "function" && !except.includes(name))
    .map(([name]) => name)
    .sort();
}

/**
 * The class of this name.
 *
 * @param kind what the names are those of, such as "loss"
 * @throws InputError when it is none of the known ones
 */
export function exported<T>(name: string, known: readonly string[], kind: string): Exported<T> {
  if (!known.includes(name))
    throw new InputError(
      `there is no ${kind} ${JSON.stringify(name)}${nearest(name, known)}; there are ${known.join(", ")}`,
    );
  return (kindred as unknown as Record<string, Exported<T>>)[name];
}
