import type { StepEvent } from "../trainingHook.ts";

/** The figures of a step that are logged. */
interface StepFigures {
  readonly loss: number;
  /** Share of the anchors that the loss could learn from. */
  readonly liveShare: number;
  /** Share of the items whose loss was above 0. */
  readonly activeShare: number;
  readonly samplesPerSecond: number;
}

export function stepFigures({ value, report, liveShare, samplesPerSecond }: StepEvent): StepFigures {
  const activeShare = report.items === 0 ? 0 : report.activeItems / report.items;
  return { loss: value, liveShare, activeShare, samplesPerSecond };
}
