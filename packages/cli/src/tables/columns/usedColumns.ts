import { inLine } from "../../terminal/clean.ts";
import { count, plural } from "../../terminal/format.ts";
import { shortName } from "./columnNames.ts";
import type { ColumnsLike } from "./columnRequest.ts";

/** A column that is no part of the vectors, and why. */
interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** Which columns and rows of a file its vectors are made of. */
export interface UsedColumns {
  /** The file's, for sentences. */
  readonly file: string;
  /** The columns of the vectors, in their order; null where the file names none. */
  readonly names: readonly string[] | null;
  /** How many there are. */
  readonly count: number;
  /** The columns with the labels and with the identifiers of rows; null: none. */
  readonly label: string | null;
  readonly id: string | null;
  /** The column that says which rows belong together; null: none. */
  readonly group: string | null;
  readonly leftOut: readonly LeftOut[];
  /** Rows with a missing value, which are left out. */
  readonly rowsLeftOut: number;
  /** Missing values that the mean of their column stands for. */
  readonly filled: number;
}

/** Pieces of a list of names that are shown. */
const MOST_PIECES = 8;

/** What is said of the columns of a file: a line, and another for what was not whole; none for a file of vectors alone. */
export function columnLines(used: UsedColumns): string[] {
  const { names, label, id, group, leftOut, rowsLeftOut, filled } = used;
  const file = inLine(used.file);
  const lines: string[] = [];
  if (names !== null || label !== null || leftOut.length > 0) {
    const which = names === null ? "" : `, ${listed(names)}`;
    const roles = Object.entries({ labels: label, ids: id, groups: group }).flatMap(([role, name]) =>
      name === null ? [] : [`${role}: ${shortName(name)}`],
    );
    const out = leftOut.length === 0 ? [] : [`left out: ${leftOutWords(leftOut)}`];
    lines.push(`Columns of ${file}: ${[`${count(used.count)}${which}`, ...roles, ...out].join("; ")}.`);
  }
  if (rowsLeftOut > 0)
    lines.push(
      `${plural(rowsLeftOut, "row")} of ${file} with missing values ${rowsLeftOut === 1 ? "is" : "are"} left out.`,
    );
  if (filled > 0) lines.push(`The mean of its column stands for ${plural(filled, "missing value")} of ${file}.`);
  return lines;
}

/** Says that columns go by their place, where one of two has names and the other has none. */
export function placeLines({ names, ...used }: UsedColumns, like: ColumnsLike | null): string[] {
  const file = inLine(used.file);
  if (like === null || (names === null) === (like.names === null)) return [];
  return [
    `Columns of ${file} are taken by their place: ${names === null ? file : inLine(like.of)} has no names for them.`,
  ];
}

/** The same for a file whose labels are not looked at. */
export function withoutLabel(used: UsedColumns): UsedColumns {
  const { label, leftOut } = used;
  return label === null ? used : { ...used, label: null, leftOut: [...leftOut, { name: label, why: "labels" }] };
}

/** What --json tells of the columns. */
export function columnFigures({
  names,
  count: columns,
  label,
  id,
  group,
  leftOut,
  rowsLeftOut,
  filled,
}: UsedColumns): object {
  return { names, count: columns, label, id, group, leftOut, rowsLeftOut, filled };
}

/** Names in a few words: what counts up is shown by its ends, and of many the first and the last. */
export function listed(names: readonly string[]): string {
  const pieces: string[] = [];
  for (let k = 0; k < names.length;) {
    const end = endOfRun(names, k);
    if (end - k >= 3) pieces.push(`${shortName(names[k])} .. ${shortName(names[end - 1])}`);
    else pieces.push(...names.slice(k, end).map(shortName));
    k = end;
  }
  if (pieces.length <= MOST_PIECES) return pieces.join(", ");
  return `${pieces.slice(0, MOST_PIECES - 2).join(", ")} ... ${pieces[pieces.length - 1]}`;
}

/** Columns by why they are left out: "id (identifiers), note, title (text)". */
export function leftOutWords(leftOut: readonly LeftOut[]): string {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return reasons
    .map((why) => `${listed(leftOut.filter((column) => column.why === why).map(({ name }) => name))} (${why})`)
    .join(", ");
}

/** Where names stop counting up from the one at `start`: behind it at least. */
function endOfRun(names: readonly string[], start: number): number {
  const [, stem, first] = /^(.*?)(\d{1,9})$/.exec(names[start]) ?? [];
  let end = start + 1;
  if (first === undefined) return end;
  while (
    end < names.length &&
    Number(names[end].slice(stem.length)) === Number(first) + end - start &&
    names[end].startsWith(stem)
  )
    end++;
  return end;
}
