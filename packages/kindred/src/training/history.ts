import type { BatchNeeds, BatchReport } from "../batch/batchReport.ts";

/** What each step of a run came to, one entry a step. */
export interface History {
  readonly loss: Float64Array;
  /** Of a sum of losses: each of them by its name, unweighted; NaN in steps that left it out. */
  readonly losses: Readonly<Record<string, Float64Array>>;
  /** Share of the anchors that the loss could learn from; see {@link liveShare}. */
  readonly liveShare: Float64Array;
  /** Share of the items (anchors, pairs or triplets) whose loss was above 0; 0 without items. */
  readonly activeShare: Float64Array;
}

/**
 * Share of the anchors that a loss could learn from: those with a positive where the loss needs positives, all of them
 * where it doesn't, none in a batch that taught nothing for want of pairs or tuples.
 */
export function liveShare(report: BatchReport, needs: BatchNeeds): number {
  const isStarved = report.status !== "learning" && report.status !== "all-satisfied";
  if (isStarved || report.anchors === 0) return 0;
  return needs.positives ? 1 - report.anchorsWithoutPositives / report.anchors : 1;
}

/** Collects a run's history. */
export class HistoryRecorder {
  readonly #loss: number[] = [];
  readonly #losses: (Readonly<Record<string, number>> | undefined)[] = [];
  readonly #liveShare: number[] = [];
  readonly #activeShare: number[] = [];
  readonly #isSilent: boolean[] = [];

  get steps(): number {
    return this.#loss.length;
  }

  get silentSteps(): number {
    return this.#isSilent.filter(Boolean).length;
  }

  /** @param losses of a sum of losses, by name */
  add(value: number, report: BatchReport, live: number, losses?: Readonly<Record<string, number>>): void {
    this.#loss.push(value);
    this.#losses.push(losses);
    this.#liveShare.push(live);
    this.#activeShare.push(report.items === 0 ? 0 : report.activeItems / report.items);
    this.#isSilent.push(report.status !== "learning");
  }

  /** The mean loss and the silent steps from step `start` of the run on, 0 being its first. */
  summarySince(start: number): { meanLoss: number; silentSteps: number } {
    let sum = 0;
    let silentSteps = 0;
    for (let k = start; k < this.steps; k++) {
      sum += this.#loss[k];
      silentSteps += this.#isSilent[k] ? 1 : 0;
    }
    return { meanLoss: sum / (this.steps - start), silentSteps };
  }

  history(): History {
    return {
      loss: Float64Array.from(this.#loss),
      losses: this.#eachLoss(),
      liveShare: Float64Array.from(this.#liveShare),
      activeShare: Float64Array.from(this.#activeShare),
    };
  }

  #eachLoss(): Readonly<Record<string, Float64Array>> {
    const names = new Set(this.#losses.flatMap((losses) => Object.keys(losses ?? {})));
    return Object.fromEntries(
      Array.from(names, (name) => [name, Float64Array.from(this.#losses, (losses) => losses?.[name] ?? NaN)]),
    );
  }
}
