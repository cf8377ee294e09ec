import { checkNames } from "../matrix/checks.ts";
import type { OptionRecord, OptionValues, OptionsGiven } from "./option.ts";

/**
 * The given options over the defaults of their record, every name and value checked. `undefined` means the default.
 *
 * @param owner the class that they are options of, for the errors' sentences
 * @throws TypeError when `given` is no object, has a name that the record lacks (the nearest known one is named), or lacks
 *   one that has no default; TypeError or RangeError as an option's own check says
 */
export function readOptions<R extends object>(
  record: R,
  given: OptionsGiven<R> | undefined,
  owner: string,
): OptionValues<R> {
  const values: Record<string, unknown> = given === undefined ? {} : { ...given };
  if (given !== undefined) checkNames(given, Object.keys(record), owner);
  for (const [name, option] of Object.entries(record as OptionRecord)) {
    if (values[name] === undefined) {
      if (option.default === undefined) throw new TypeError(`${owner} was given no ${name}; give ${option.kind}`);
      values[name] = option.default;
    } else {
      values[name] = option.read(values[name], name, owner);
    }
  }
  return Object.freeze(values) as OptionValues<R>;
}
