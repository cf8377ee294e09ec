import type { DataSet } from "../../data/dataSet.ts";
import { RESULT_FORMAT } from "../../files/outputs/resultFiles.ts";
import type { TrainedHead } from "./trainedHead.ts";

/** What metrics.json holds. */
export function trainMetrics({ data, split, before, after, result, consultation, findings }: TrainedHead): object {
  const { advice, followed, options } = consultation;
  const size = ({ labels }: DataSet): object => ({ rows: labels.length, classes: new Set(labels).size });
  return {
    format: RESULT_FORMAT,
    data: { name: data.name, ...size(data), columns: data.vectors.cols },
    trainedOn: size(split.train),
    heldOut: { by: split.by, ...size(split.test) },
    before,
    after,
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
