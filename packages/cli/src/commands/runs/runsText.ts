import { decimal, duration, gain, plural } from "../../terminal/format.ts";
import type { FoundRuns } from "./findRuns.ts";
import type { Figure, RunFigures } from "./runFigures.ts";

/** What runs can be sorted by. */
export const sortings = ["map", "precision", "gain", "date", "name"] as const;
type Sorting = (typeof sortings)[number];

const orders: Readonly<Record<Sorting, (a: RunFigures, b: RunFigures) => number>> = {
  map: (a, b) => b.meanAveragePrecisionAtR.after - a.meanAveragePrecisionAtR.after,
  precision: (a, b) => b.precisionAt1.after - a.precisionAt1.after,
  gain: (a, b) => b.meanAveragePrecisionAtR.change - a.meanAveragePrecisionAtR.change,
  date: (a, b) => b.writtenAt.getTime() - a.writtenAt.getTime(),
  name: byName,
};

/** The runs in an order, the best or the latest first; those that are alike by name. */
export function sorted(runs: readonly RunFigures[], sorting: Sorting): RunFigures[] {
  return [...runs].sort((a, b) => orders[sorting](a, b) || byName(a, b));
}

export const runColumns = [
  "run",
  "precision@1",
  "MAP@R",
  "raw MAP@R",
  "change (95 % interval)",
  "outcome",
  "training",
  "data",
  "held out",
  "time",
  "written",
];

export function runRow(run: RunFigures): string[] {
  const { folder, precisionAt1, meanAveragePrecisionAtR: map, outcome, training, data, heldOut, seconds } = run;
  return [
    folder,
    decimal(precisionAt1.after),
    decimal(map.after),
    decimal(map.before),
    changeWords(map),
    outcome,
    training,
    data,
    plural(heldOut, "row"),
    seconds === null ? "-" : duration(seconds),
    run.writtenAt.toISOString().slice(0, 16).replace("T", " "),
  ];
}

/** What comes of the comparison. */
export function runsVerdict({ runs }: FoundRuns): string {
  if (runs.length === 0) return "No result of kindred train was found.";
  const [best] = sorted(runs, "map");
  const { before, after } = best.meanAveragePrecisionAtR;
  const words = `${plural(runs.length, "result")}. The highest MAP@R is that of ${best.folder}: ${decimal(after)}, raw vectors ${decimal(before)}.`;
  return areComparable(runs)
    ? words
    : `${words} They were judged on different rows: compare those whose raw MAP@R is the same.`;
}

/** What could not be read. */
export function damageLines({ damaged, closed }: FoundRuns): string[] {
  return [
    ...damaged.map(({ folder, why }) => `${folder} is left out: ${why}.`),
    ...closed.map((folder) => `${folder} may not be looked into.`),
  ];
}

/** Whether all were judged on the same vectors, as far as the figures of the raw ones tell. */
function areComparable(runs: readonly RunFigures[]): boolean {
  const judged = runs.map(({ heldOut, precisionAt1, meanAveragePrecisionAtR }) =>
    JSON.stringify([heldOut, precisionAt1.before, meanAveragePrecisionAtR.before]),
  );
  return new Set(judged).size <= 1;
}

function changeWords({ change, low, high }: Figure): string {
  return low === null || high === null ? gain(change) : `${gain(change)} (${gain(low)} to ${gain(high)})`;
}

function byName(a: RunFigures, b: RunFigures): number {
  return a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0;
}
