import { InputError } from "../../door/inputError.ts";
import { choosePlaces, placeOf } from "./columnNames.ts";

/** What becomes of a missing value: an error, its row is left out, or the mean of its column stands for it. */
export type Missing = "error" | "drop" | "mean";

/** What is asked of the columns of a file. */
export interface ColumnRequest {
  /** The column with the labels, by name or by number from 1; null: found by its name or its content. */
  readonly label: string | null;
  /** The column with the identifiers of rows; null: found in the same way. */
  readonly id: string | null;
  /** The column that says which rows belong together, by name or number; null or left out: none. */
  readonly group?: string | null;
  /** The columns of the vectors, as {@link choosePlaces} reads them; none: all that hold numbers and tell no rows apart. */
  readonly columns: readonly string[];
  /** Columns that are not read. */
  readonly ignore: readonly string[];
  readonly missing: Missing;
  /** What has vectors of the same columns already; null: nothing. */
  readonly like: ColumnsLike | null;
  /** Whether named columns may be missing, as in queries beside a gallery that has them. */
  readonly isOptional: boolean;
}

/** A file or a head whose columns others must have, by name where both have names. */
export interface ColumnsLike {
  readonly names: readonly string[] | null;
  /** What it is called in sentences. */
  readonly of: string;
}

/** The columns that were named, as places in a file. */
interface AskedColumns {
  readonly label: number | null;
  readonly id: number | null;
  readonly group: number | null;
  readonly ignored: ReadonlySet<number>;
  /** In their order; null: not chosen. */
  readonly chosen: readonly number[] | null;
}

/**
 * Finds the columns that were named.
 *
 * @throws InputError when one is not there, or is to be two things
 */
export function askedColumns(path: string, names: readonly string[], request: ColumnRequest): AskedColumns {
  const { isOptional } = request;
  const find = (name: string | null, flag: string): number | null => {
    if (name === null || (isOptional && choosePlaces(path, names, [name], flag, true).length === 0)) return null;
    return placeOf(path, names, name, flag);
  };
  const asked: AskedColumns = {
    label: find(request.label, "--label"),
    id: find(request.id, "--id"),
    group: find(request.group ?? null, "--group"),
    ignored: new Set(choosePlaces(path, names, request.ignore, "--ignore", isOptional)),
    chosen: chosenColumns(path, names, request),
  };
  checkOneRole(path, names, asked);
  return asked;
}

/** Words of a request that name columns wherever they stand; numbers may count them instead. */
export function namingWords({ label, id, group = null, columns, ignore, like }: ColumnRequest): ReadonlySet<string> {
  const ranges = columns.flatMap((item) => [item, ...item.split(/\.\.|-/)]);
  const words = [label, id, group, ...ranges, ...ignore, ...(like?.names ?? [])];
  return new Set(words.filter((word) => word !== null).filter((word) => Number.isNaN(Number(word))));
}

function chosenColumns(path: string, names: readonly string[], request: ColumnRequest): readonly number[] | null {
  const { columns, like } = request;
  if (columns.length > 0) return choosePlaces(path, names, columns, "--columns");
  if (!like?.names) return null;
  const placeOfName = new Map(names.map((name, k) => [name, k]));
  const lacking = like.names.filter((name) => !placeOfName.has(name));
  if (lacking.length > 0)
    throw new InputError(
      `${path} lacks ${lacking.length === 1 ? "the column" : `${lacking.length} columns`} of ${like.of}: ` +
        `${lacking.slice(0, 8).join(", ")}${lacking.length > 8 ? " ..." : ""}; name the columns that stand for them, in their order, with --columns`,
    );
  return like.names.map((name) => placeOfName.get(name)!);
}

function checkOneRole(path: string, names: readonly string[], asked: AskedColumns): void {
  const { ignored, chosen } = asked;
  const roles = { "--label": asked.label, "--id": asked.id, "--group": asked.group };
  const found = new Map<number, string>();
  for (const [flag, place] of Object.entries(roles)) {
    if (place === null) continue;
    const isIgnored = ignored.has(place) ? "--ignore" : undefined;
    const isChosen = chosen?.includes(place) === true ? "--columns" : undefined;
    const other = found.get(place) ?? isIgnored ?? isChosen;
    if (other !== undefined) {
      const flags = found.has(place) ? `${other} and ${flag}` : `${flag} and ${other}`;
      throw new InputError(`${path}: the column ${names[place]} is given with ${flags}; give it with one of them`);
    }
    found.set(place, flag);
  }
}
