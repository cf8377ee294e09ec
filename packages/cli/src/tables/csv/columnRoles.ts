import { InputError } from "../../door/inputError.ts";
import { refuseTwice } from "../columns/columnNames.ts";
import { askedColumns, type ColumnRequest } from "../columns/columnRequest.ts";
import { leftOutWords } from "../columns/usedColumns.ts";
import type { ColumnSample } from "./columnSample.ts";
import { isIdName, isLabelTwin, labelByName, mayBeIdName } from "./roleNames.ts";

/** Which column is what, as far as the first records tell. */
export interface ColumnRoles {
  readonly label: number | null;
  /** Whether it was found by its content alone: it may turn out to tell rows apart. */
  readonly isLabelGuessed: boolean;
  readonly id: number | null;
  /** Whether it was found by its content alone: it may turn out to be none. */
  readonly isIdGuessed: boolean;
  /** What rows belong to; null: nothing was said of it. */
  readonly group: number | null;
  /** The columns of the vectors, in their order. */
  readonly values: readonly number[];
  /** Whether they were chosen, by hand or by what they must be like. */
  readonly isChosen: boolean;
  /** Columns among `values` that may turn out to hold numbers of rows. */
  readonly counters: readonly number[];
  /** Why a column is none of these. */
  readonly why: ReadonlyMap<number, string>;
}

/**
 * Finds out which column is what: by what was asked, by names, by what the first records hold.
 *
 * @throws InputError when what was asked is not there, or no column is left for the vectors
 */
export function columnRoles(
  path: string,
  names: readonly string[],
  sample: ColumnSample,
  request: ColumnRequest,
): ColumnRoles {
  const asked = askedColumns(path, names, request);
  const chosen = new Set(asked.chosen ?? []);
  const why = new Map([...asked.ignored].map((k) => [k, "--ignore"]));
  const isOpen = (k: number): boolean =>
    !why.has(k) && !chosen.has(k) && ![asked.label, asked.id, asked.group].includes(k);
  const open = Array.from(names.keys()).filter(isOpen);

  const namedLabel = asked.label ?? (request.label === null ? labelByName(path, names, open) : null);
  const rest = open.filter((k) => k !== namedLabel);
  for (const k of rest)
    if (isIdName(names[k]) || (mayBeIdName(names[k]) && sample.isDistinct(k))) why.set(k, "identifiers");
  const nameless = rest.filter((k) => !why.has(k));
  const texts = nameless.filter((k) => sample.isText(k));
  const guessed = request.label === null && namedLabel === null ? texts.filter((k) => sample.mayBeLabel(k)) : [];
  const label = namedLabel ?? (guessed.length === 1 ? guessed[0] : null);
  for (const k of texts) if (k !== label) why.set(k, "text");
  if (label !== null) for (const k of rest) if (k !== label && isLabelTwin(names[k])) why.set(k, "labels, too");

  const numbers = nameless.filter((k) => !why.has(k) && k !== label);
  const counters = asked.chosen === null ? countersAmong(numbers, sample) : [];
  const namedId = asked.id ?? rest.find((k) => why.get(k) === "identifiers") ?? null;
  const id = namedId ?? counters[0] ?? texts.find((k) => k !== label && sample.looksIdentifying(k)) ?? null;
  if (asked.chosen !== null)
    for (const k of numbers) why.set(k, request.columns.length === 0 ? `not in ${request.like!.of}` : "not chosen");
  const values = asked.chosen ?? numbers;
  if (values.length === 0) throw new InputError(nothingLeft(path, names, why));
  checkNames(path, names, label === null ? values : [...values, label]);
  return {
    label,
    isLabelGuessed: namedLabel === null,
    id,
    isIdGuessed: namedId === null,
    group: asked.group,
    values,
    isChosen: asked.chosen !== null,
    counters,
    why,
  };
}

/** Columns that look like numbers of rows, where most of the others do not: data may be counts throughout. */
function countersAmong(numbers: readonly number[], sample: ColumnSample): number[] {
  const counting = numbers.filter((k) => sample.looksCounted(k));
  return 2 * counting.length < numbers.length ? counting : [];
}

function nothingLeft(path: string, names: readonly string[], why: ReadonlyMap<number, string>): string {
  const out = [...why].map(([k, reason]) => ({ name: names[k], why: reason }));
  const words = out.length === 0 ? "" : ` (left out: ${leftOutWords(out)})`;
  return `${path} has no column of numbers beside the labels${words}; give vectors, or choose their columns with --columns`;
}

/** @throws InputError when two columns that are used have one name */
function checkNames(path: string, names: readonly string[], used: readonly number[]): void {
  const places = new Map<string, number[]>();
  for (const k of used) {
    const found = places.get(names[k]);
    if (found === undefined) places.set(names[k], [k]);
    else found.push(k);
  }
  for (const [name, found] of places) if (found.length > 1) refuseTwice(path, name, found);
}
