import type { DataSet } from "../../data/dataSet.ts";
import { RESULT_FORMAT } from "../../files/outputs/resultFiles.ts";
import { columnFigures, type UsedColumns } from "../../tables/columns/usedColumns.ts";
import type { Judgement } from "./judge.ts";
import { outcomeOf } from "./outcome.ts";
import type { TrainedHead } from "./trainedHead.ts";

/** Pairs of confused classes that are kept. */
const MOST_PAIRS = 100;

/** What metrics.json holds. @param used which columns of the file; null: no file */
export function trainMetrics(head: TrainedHead, used: UsedColumns | null): object {
  const { data, split, before, after, change, result, consultation, findings } = head;
  const { advice, followed, options } = consultation;
  const size = ({ labels }: DataSet): object => ({ rows: labels.length, classes: new Set(labels).size });
  return {
    format: RESULT_FORMAT,
    data: { name: data.name, ...size(data), columns: data.vectors.cols },
    columns: used && columnFigures(used),
    trainedOn: size(split.train),
    heldOut: { by: split.by, ...size(split.test) },
    before: figuresOf(before),
    after: figuresOf(after),
    change,
    outcome: outcomeOf(head),
    training: {
      steps: result.steps,
      epochs: result.epochs,
      silentSteps: result.silentSteps,
      seconds: result.seconds,
      samplesPerSecond: result.samplesPerSecond,
      stopReason: result.stopReason,
      loss: Array.from(result.history.loss),
      liveShare: Array.from(result.history.liveShare),
    },
    doctor: {
      status: advice.status,
      verdict: advice.verdict,
      remedies: advice.remedies.map(({ name, title, after: outlook }) => ({ name, title, after: outlook })),
      followed: followed?.remedy.name ?? null,
    },
    findings,
    options,
  };
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
