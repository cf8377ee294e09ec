import type { TrainedHead } from "./trainedHead.ts";

/** What metrics.json says of one training. */
export function plainFigures({ result, consultation, findings }: TrainedHead): object {
  const { advice, followed, options } = consultation;
  return {
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
