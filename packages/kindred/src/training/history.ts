import type { BatchNeeds, BatchReport } from "../batch/batchReport.ts";
import { keptFloats, keptRecord } from "../state/entries.ts";
import type { StateEntry } from "../state/stateRecord.ts";

/** What each step of a run came to, one entry a step. */
export interface History {
  readonly loss: Float64Array;
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
  #loss: number[] = [];
  #liveShare: number[] = [];
  #activeShare: number[] = [];
  /** 1 for a step whose batch taught nothing, else 0. */
  #isSilent: number[] = [];

  get steps(): number {
    return this.#loss.length;
  }

  get silentSteps(): number {
    return this.#isSilent.reduce((sum, silent) => sum + silent, 0);
  }

  add(value: number, report: BatchReport, live: number): void {
    this.#loss.push(value);
    this.#liveShare.push(live);
    this.#activeShare.push(report.items === 0 ? 0 : report.activeItems / report.items);
    this.#isSilent.push(report.status !== "learning" ? 1 : 0);
  }

  /** The mean loss and the silent steps from step `start` of the run on, 0 being its first. */
  summarySince(start: number): { meanLoss: number; silentSteps: number } {
    let sum = 0;
    let silentSteps = 0;
    for (let k = start; k < this.steps; k++) {
      sum += this.#loss[k];
      silentSteps += this.#isSilent[k];
    }
    return { meanLoss: sum / (this.steps - start), silentSteps };
  }

  history(): History {
    return {
      loss: Float64Array.from(this.#loss),
      liveShare: Float64Array.from(this.#liveShare),
      activeShare: Float64Array.from(this.#activeShare),
    };
  }

  /** All that it has collected. @param owner whose it is */
  keptFor(owner: string): StateEntry {
    const columns = {
      loss: column(() => this.#loss, (loss) => (this.#loss = loss)), // prettier-ignore
      liveShare: column(() => this.#liveShare, (shares) => (this.#liveShare = shares)), // prettier-ignore
      activeShare: column(() => this.#activeShare, (shares) => (this.#activeShare = shares)), // prettier-ignore
      isSilent: column(() => this.#isSilent, (silent) => (this.#isSilent = silent)), // prettier-ignore
    };
    const entry = keptRecord(columns, owner);
    return {
      save: () => entry.save(),
      prepare: (given, name) => {
        const prepared = entry.prepare(given, name);
        const lengths = Object.values(given as Readonly<Record<string, Float64Array>>).map(({ length }) => length);
        if (new Set(lengths).size > 1)
          throw new RangeError(`${name} has ${lengths.join(", ")} entries; one a step is needed in each`);
        return prepared;
      },
    };
  }
}

function column(get: () => readonly number[], set: (entries: number[]) => void): StateEntry {
  return keptFloats({ get: () => Float64Array.from(get()), set: (entries) => set(Array.from(entries)) }, null);
}
