import { createHash } from "node:crypto";
import type { State } from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import { version } from "../../../door/runNote.ts";
import { trainingFlags, wantsSearch, type TrainWishes } from "../options/trainOptions.ts";

/** What decides the bits of a training: a checkpoint is gone on from where all of it is the same. */
export interface RunIdentity {
  /** The version of kindred. */
  readonly kindred: string;
  readonly rows: number;
  readonly columns: number;
  /** SHA-256 of the vectors and labels, of all rows and of those that are trained on. */
  readonly data: string;
  /** Options by name, as JSON. */
  readonly options: Readonly<Record<string, string>>;
}

/** Options of a search alone, and whether one was asked for. */
const ofSearch = ["budget", "plan", "search"];
/** A search may go on for longer. */
const ofTime = ["budget"];

/** @param learned the rows that are trained on: which they are is decided by more than the options */
export function runIdentity({ vectors, labels }: DataSet, learned: DataSet, options: TrainWishes): RunIdentity {
  const { rows, cols } = vectors;
  const hash = createHash("sha256").update(JSON.stringify([rows, cols, labels, learned.labels]));
  for (const { data } of [vectors, learned.vectors])
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const others = wantsSearch(options) ? ofTime : ofSearch;
  const deciding = Object.entries(options).filter(([name]) => !others.includes(name));
  return {
    kindred: version(),
    rows,
    columns: cols,
    data: hash.digest("hex"),
    options: Object.fromEntries(deciding.map(([name, value]) => [name, JSON.stringify(value)])),
  };
}

/** What differs between a run that was kept and this one, in words; null: nothing. */
export function differenceOf(kept: RunIdentity, now: RunIdentity): string | null {
  const differences = [
    ...(kept.kindred === now.kindred ? [] : [`kindred was ${kept.kindred} and is ${now.kindred}`]),
    ...(kept.data === now.data ? [] : [dataDifference(kept, now)]),
    ...optionDifferences(kept.options, now.options),
  ];
  return differences.length === 0 ? null : differences.join("; ");
}

function dataDifference(kept: RunIdentity, now: RunIdentity): string {
  const size = ({ rows, columns }: RunIdentity): string => `${rows} rows of ${columns} columns`;
  return size(kept) === size(now)
    ? `the data are others, of the same size (${size(now)}), or parted otherwise`
    : `the data were ${size(kept)} and are ${size(now)}`;
}

function optionDifferences(kept: RunIdentity["options"], now: RunIdentity["options"]): string[] {
  const names = new Set([...Object.keys(kept), ...Object.keys(now)]);
  const told = (value: string | undefined): string => (value === undefined || value === "null" ? "not given" : value);
  return [...names]
    .filter((name) => kept[name] !== now[name])
    .map((name) => `${flagOf(name)} was ${told(kept[name])} and is ${told(now[name])}`);
}

function flagOf(name: string): string {
  return name in trainingFlags ? trainingFlags[name as keyof typeof trainingFlags].option.long! : name;
}

/** The identity that a checkpoint tells; null: it tells none. */
export function identityIn(state: State): RunIdentity | null {
  const { kindred, rows, columns, data, options } = (state.run ?? {}) as Partial<RunIdentity>;
  const isWhole =
    typeof kindred === "string" &&
    typeof rows === "number" &&
    typeof columns === "number" &&
    typeof data === "string" &&
    typeof options === "object" &&
    options !== null;
  return isWhole ? { kindred, rows, columns, data, options } : null;
}
