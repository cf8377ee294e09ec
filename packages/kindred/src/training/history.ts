import type { BatchNeeds, BatchReport } from "../batch/batchReport.ts";
import { keptFloats, keptFloatsByName, keptRecord } from "../state/entries.ts";
import type { StateEntry } from "../state/stateRecord.ts";

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
  #loss: number[] = [];
  /** Of a sum of losses, by name; NaN in steps that left one out. */
  #losses: Record<string, number[]> = {};
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

  /** @param losses of a sum of losses, by name */
  add(value: number, report: BatchReport, live: number, losses?: Readonly<Record<string, number>>): void {
    this.#loss.push(value);
    this.#addLosses(losses ?? {});
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
      losses: floatsOf(this.#losses),
      liveShare: Float64Array.from(this.#liveShare),
      activeShare: Float64Array.from(this.#activeShare),
    };
  }

  /** Called when the step is counted. */
  #addLosses(losses: Readonly<Record<string, number>>): void {
    const before = this.steps - 1;
    for (const name of Object.keys(losses)) this.#losses[name] ??= new Array<number>(before).fill(NaN);
    for (const [name, values] of Object.entries(this.#losses)) values.push(losses[name] ?? NaN);
  }

  /** All that it has collected. @param owner whose it is */
  keptFor(owner: string): StateEntry {
    const columns = {
      loss: column(() => this.#loss, (loss) => (this.#loss = loss)), // prettier-ignore
      losses: keptFloatsByName({
        get: () => floatsOf(this.#losses),
        set: (losses) =>
          (this.#losses = Object.fromEntries(
            Object.entries(losses).map(([name, floats]) => [name, Array.from(floats)]),
          )),
      }),
      liveShare: column(() => this.#liveShare, (shares) => (this.#liveShare = shares)), // prettier-ignore
      activeShare: column(() => this.#activeShare, (shares) => (this.#activeShare = shares)), // prettier-ignore
      isSilent: column(() => this.#isSilent, (silent) => (this.#isSilent = silent)), // prettier-ignore
    };
    const entry = keptRecord(columns, owner);
    return {
      save: () => entry.save(),
      prepare: (given, name) => {
        const prepared = entry.prepare(given, name);
        const { losses, ...columnsGiven } = given as Readonly<Record<string, Float64Array>> & Pick<History, "losses">;
        const lengths = [...Object.values(columnsGiven), ...Object.values(losses)].map(({ length }) => length);
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

function floatsOf(columns: Readonly<Record<string, readonly number[]>>): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]));
}
