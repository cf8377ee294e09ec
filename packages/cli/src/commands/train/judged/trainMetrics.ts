import type { DataSet } from "../../../data/dataSet.ts";
import { RESULT_FORMAT } from "../../../files/outputs/resultFiles.ts";
import { columnFigures, type UsedColumns } from "../../../tables/columns/usedColumns.ts";
import type { Judgement } from "./judge.ts";
import type { Trained } from "./trained.ts";

/** Pairs of confused classes that are kept. */
const MOST_PAIRS = 100;

/** What metrics.json holds. @param used which columns of the file; null: no file */
export function trainMetrics({ judged, outcome, figures }: Trained, used: UsedColumns | null): object {
  const { data, split, before, after, change } = judged;
  return {
    format: RESULT_FORMAT,
    data: { name: data.name, ...sizeOf(data), columns: data.vectors.cols },
    columns: used && columnFigures(used),
    trainedOn: sizeOf(split.train),
    heldOut: { by: split.by, ...sizeOf(split.test) },
    before: figuresOf(before),
    after: figuresOf(after),
    change,
    outcome,
    ...figures,
  };
}

/** How many rows and classes. */
export function sizeOf({ labels }: Pick<DataSet, "labels">): { readonly rows: number; readonly classes: number } {
  return { rows: labels.length, classes: new Set(labels).size };
}

/** Without what is told of each query. Confused classes have no examples: the rows held out have no numbers of their own. */
function figuresOf({ metrics, intervals, queries, references, singletons, confusions }: Judgement): object {
  return {
    metrics,
    intervals,
    queries,
    references,
    singletons,
    confusions: confusions
      .slice(0, MOST_PAIRS)
      .map(({ labels, taken, queries: asked }) => ({ labels, taken, queries: asked })),
  };
}
