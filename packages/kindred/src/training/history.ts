import type { BatchNeeds, BatchReport } from "../batch/batchReport.ts";
import { describe } from "../matrix/checks.ts";
import { keptFloats, keptRecord, keptValue } from "../state/entries.ts";
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
  /** Of a sum of losses, by name. */
  #losses: (Readonly<Record<string, number>> | undefined)[] = [];
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
    this.#losses.push(losses);
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

  /** Behind the losses themselves, one entry a step of which there are. */
  #setEachLoss(columns: Columns): void {
    const names = Object.keys(columns);
    const at = (k: number): Readonly<Record<string, number>> =>
      Object.fromEntries(names.map((name) => [name, columns[name][k]]));
    this.#losses = this.#loss.map((_, k) => (names.length === 0 ? undefined : at(k)));
  }

  /** All that it has collected. @param owner whose it is */
  keptFor(owner: string): StateEntry {
    const columns = {
      loss: column(() => this.#loss, (loss) => (this.#loss = loss)), // prettier-ignore
      liveShare: column(() => this.#liveShare, (shares) => (this.#liveShare = shares)), // prettier-ignore
      activeShare: column(() => this.#activeShare, (shares) => (this.#activeShare = shares)), // prettier-ignore
      isSilent: column(() => this.#isSilent, (silent) => (this.#isSilent = silent)), // prettier-ignore
      losses: keptValue({ get: () => this.#eachLoss(), set: (losses) => this.#setEachLoss(losses) }, checkColumns),
    };
    const entry = keptRecord(columns, owner);
    return {
      save: () => entry.save(),
      prepare: (given, name) => {
        const prepared = entry.prepare(given, name);
        const { losses, ...others } = given as Readonly<Record<string, Float64Array>> & { readonly losses: Columns };
        const lengths = Object.values({ ...losses, ...others }).map(({ length }) => length);
        if (new Set(lengths).size > 1)
          throw new RangeError(`${name} has ${lengths.join(", ")} entries; one a step is needed in each`);
        return prepared;
      },
    };
  }
}

/** Numbers a step, by name. */
type Columns = Readonly<Record<string, Float64Array>>;

function checkColumns(given: unknown, name: string): Columns {
  if (
    typeof given !== "object" ||
    given === null ||
    Object.values(given).some((each) => !(each instanceof Float64Array))
  )
    throw new TypeError(`${name} is ${describe(given)}; Float64Arrays by name are needed`);
  return Object.fromEntries(Object.entries(given as Columns).map(([loss, column]) => [loss, column.slice()]));
}

function column(get: () => readonly number[], set: (entries: number[]) => void): StateEntry {
  return keptFloats({ get: () => Float64Array.from(get()), set: (entries) => set(Array.from(entries)) }, null);
}
