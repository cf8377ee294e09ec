import type { BatchNeeds, BatchReport } from "../../batch/batchReport.ts";
import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { keptCount, keptNumber, keptRecord, keptValue } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import type { State, StateValue } from "../../state/state.ts";
import { prepareState, saveState, type StateEntry, type StateRecord } from "../../state/stateRecord.ts";
import { measureSpread } from "./effectiveRank.ts";
import { checkFindingName, checkFindings, type Finding, type FindingName } from "./finding.ts";
import { PartsInUse, type TrainingParts } from "./partsInUse.ts";
import {
  remedyOfCollapse,
  remedyOfFallingRank,
  remedyOfFlatLoss,
  remedyOfLonelyAnchors,
  remedyOfSilence,
  remedyOfVanishing,
} from "./remedyOf.ts";
import { RollingMean } from "./rollingMean.ts";

/** Options of {@link LossMonitor}. */
export interface LossMonitorOptions {
  /** Silent steps in a row that are worth a finding. Default 3. */
  readonly silentRun: number;
  /** Steps that shares, flatness and gradients are judged over. Default 50. */
  readonly window: number;
  /** A mean share of live anchors below this is a finding. Default 0.25. */
  readonly leastLiveShare: number;
  /** A mean cosine of two samples above this is a collapse. Default 0.97. */
  readonly collapseCosine: number;
  /** A loss that moves less than this share of itself over two windows is flat. Default 0.002. */
  readonly flatness: number;
  /** The spread of embeddings is measured every so many steps. Default 25. */
  readonly spreadEvery: number;
  /** Is told each finding when it is first made, and again when it has become three times as bad. Default: nothing. */
  readonly onFinding: ((finding: Finding) => void) | null;
}

const defaults: LossMonitorOptions = {
  silentRun: 3,
  window: 50,
  leastLiveShare: 0.25,
  collapseCosine: 0.97,
  flatness: 0.002,
  spreadEvery: 25,
  onFinding: null,
};

/** What the monitor looks at; a training's step event has all of it. */
export interface ObservedStep {
  /** 1, 2 ...; default: the one after the last. */
  readonly step?: number;
  readonly value: number;
  readonly report: BatchReport;
  /** What the loss needs; default: pairs. Every anchor is live for a loss that learns without. */
  readonly needs?: BatchNeeds;
  /** What the training is made of, so that no remedy is advised that is in use already. Default: nothing is known of it. */
  readonly parts?: TrainingParts;
  readonly embeddings?: Matrix;
  readonly gradients?: {
    readonly embeddings: Matrix;
    readonly reference?: Matrix;
    readonly parameters: Readonly<Record<string, Matrix>>;
  };
}

type Numbers = Pick<ObservedStep, "value" | "embeddings" | "gradients">;

/** What is known of a batch that made NaN or an infinity. */
interface FaultyStep {
  readonly step: number;
  readonly message: string;
  /** null: the loss was not asked. */
  readonly value: number | null;
  readonly embeddings: Matrix | null;
  readonly gradients: NonNullable<ObservedStep["gradients"]> | null;
}

/** A flat loss must move so many times the bound to be said to move again; noise about the bound would be told as news each time. */
const MOVING_AGAIN = 5;

/** A finding is told again when what it measures is so many times what it was when it was told last. */
const CLEARLY_WORSE = 3;

/** Rows whose spread is measured: 64 x 64 products every 25 steps cost next to nothing beside a batch's own. */
const MEASURED_ROWS = 64;

/** What is found, and how bad it is: a number that grows as it gets worse. */
interface Found extends Pick<Finding, "severity" | "message" | "remedy"> {
  readonly badness: number;
}

/**
 * Watches a training and says what goes wrong with it: runs of batches that teach nothing, a small share of live anchors,
 * NaN or infinity and where it came first, embeddings that become all alike, a loss that stays where it is, gradients that
 * vanish or explode. A kind of finding is told once, and again when it has become three times as bad; `findings` holds the
 * latest of each kind.
 *
 *     const monitor = new LossMonitor();
 *     const trainer = new Trainer({ model, loss, sampler, data, hooks: [monitor] });
 *     await trainer.train({ epochs: 10 });
 *     for (const { message, remedy } of monitor.findings) console.log(message, remedy);
 *
 * Without a trainer: `monitor.observe({ value, report, embeddings, gradients })` after every step. What it keeps
 * is part of the Trainer's state, so that a training that is resumed is watched as if it had never stopped.
 */
export class LossMonitor {
  readonly #options: LossMonitorOptions;
  readonly #findings = new Map<FindingName, Finding>();
  /** How bad each kind was when it was told last. */
  readonly #told = new Map<FindingName, number>();
  #parts = new PartsInUse();
  readonly #losses: RollingMean;
  readonly #earlierLosses: RollingMean;
  readonly #liveShares: RollingMean;
  readonly #gradientNorms: RollingMean;
  #step = 0;
  #observed = 0;
  #silentSteps = 0;
  #silentRun = 0;
  #firstGradientNorm: number | null = null;
  #highestRank = 0;

  /** @throws TypeError, RangeError when an option is unknown or out of range */
  constructor(options?: Partial<LossMonitorOptions>) {
    this.#options = withDefaults(options, defaults, "LossMonitor");
    const { window } = this.#options;
    for (const name of ["silentRun", "window", "spreadEvery"] as const)
      checkNumber(this.#options[name], name, { atLeast: 1, integer: true });
    checkNumber(this.#options.leastLiveShare, "leastLiveShare", { atLeast: 0, atMost: 1 });
    checkNumber(this.#options.collapseCosine, "collapseCosine", { atLeast: -1, atMost: 1 });
    checkNumber(this.#options.flatness, "flatness", { atLeast: 0 });
    if (this.#options.onFinding !== null && typeof this.#options.onFinding !== "function")
      throw new TypeError(`onFinding is ${describe(this.#options.onFinding)}; give a function of a finding`);
    this.#losses = new RollingMean(window);
    this.#earlierLosses = new RollingMean(window);
    this.#liveShares = new RollingMean(window);
    this.#gradientNorms = new RollingMean(window);
  }

  /** All findings, in the order in which they were first made. */
  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  /** Steps observed, and those among them whose batch taught nothing. */
  get steps(): number {
    return this.#step;
  }

  get silentSteps(): number {
    return this.#silentSteps;
  }

  /** The mean share of live anchors over the last window. */
  get liveShare(): number {
    return this.#liveShares.mean;
  }

  /** For a trainer's hooks. */
  onStep(event: ObservedStep): void {
    this.observe(event);
  }

  /** A step that made NaN or an infinity is none: the Trainer ends its run and says which batch it was. */
  onEnd({ faultyBatch }: { readonly faultyBatch?: FaultyStep | null }): void {
    if (faultyBatch === null || faultyBatch === undefined) return;
    const { step, value, embeddings, gradients, message } = faultyBatch;
    this.#step = step;
    const isAsked = embeddings !== null && this.#findNotFinite({ value: value ?? NaN, embeddings, ...(gradients && { gradients }) }, null); // prettier-ignore
    if (!isAsked)
      this.#find("not-finite", step, { severity: "error", message, remedy: "look at this batch: the result has it as faultyBatch", badness: 1 }); // prettier-ignore
  }

  /** Looks at one step. */
  observe(observed: ObservedStep): void {
    this.#step = observed.step ?? this.#step + 1;
    this.#observed++;
    const { value, report, embeddings, gradients, parts } = observed;
    if (parts !== undefined) this.#parts = new PartsInUse(parts);
    const gradientNorm = gradients === undefined ? null : Math.sqrt(sumOfSquares(gradients.embeddings.data));
    if (this.#findNotFinite(observed, gradientNorm)) return;
    this.#watchSilence(report);
    this.#watchAnchors(report, observed.needs);
    if (report.status === "learning") {
      this.#watchLoss(value);
      if (gradientNorm !== null) this.#watchGradients(gradientNorm);
    }
    if (embeddings !== undefined && this.#isMeasured()) this.#watchSpread(embeddings);
  }

  state(): State {
    return saveState("LossMonitor", this.#record);
  }

  load(state: State): void {
    this.prepareLoad(state).take();
  }

  /** @throws TypeError, RangeError when it is no state of a monitor with this window */
  prepareLoad(state: State): Loading {
    return prepareState("LossMonitor", this.#record, state);
  }

  get #record(): StateRecord {
    const mean = ({ stateRecord }: RollingMean): StateEntry => keptRecord(stateRecord, "LossMonitor");
    return {
      step: keptCount({ get: () => this.#step, set: (step) => (this.#step = step) }),
      observed: keptCount({ get: () => this.#observed, set: (observed) => (this.#observed = observed) }),
      silentSteps: keptCount({ get: () => this.#silentSteps, set: (steps) => (this.#silentSteps = steps) }),
      silentRun: keptCount({ get: () => this.#silentRun, set: (run) => (this.#silentRun = run) }),
      firstGradientNorm: keptValue<number | null>(
        { get: () => this.#firstGradientNorm, set: (norm) => (this.#firstGradientNorm = norm) },
        (given, name) => (given === null ? null : checkNumber(given, name, { atLeast: 0 })),
      ),
      highestRank: keptNumber({ get: () => this.#highestRank, set: (rank) => (this.#highestRank = rank) }, { atLeast: 0 }), // prettier-ignore
      losses: mean(this.#losses),
      earlierLosses: mean(this.#earlierLosses),
      liveShares: mean(this.#liveShares),
      gradientNorms: mean(this.#gradientNorms),
      findings: keptValue<StateValue>(
        {
          get: () => this.findings.map((finding) => ({ ...finding })),
          set: (findings) =>
            renew(
              this.#findings,
              (findings as unknown as Finding[]).map((each) => [each.name, each]),
            ),
        },
        (given, name) => checkFindings(given, name) as unknown as StateValue,
      ),
      told: keptValue<StateValue>(
        {
          get: () => Array.from(this.#told, ([name, badness]) => ({ name, badness })),
          set: (told) =>
            renew(
              this.#told,
              (told as unknown as Told[]).map(({ name, badness }) => [name, badness]),
            ),
        },
        (given, name) => checkTold(given, name) as unknown as StateValue,
      ),
    };
  }

  #watchSilence(report: BatchReport): void {
    const { status } = report;
    const isSilent = status !== "learning";
    this.#silentSteps += isSilent ? 1 : 0;
    this.#silentRun = isSilent ? this.#silentRun + 1 : 0;
    if (isSilent && this.#silentRun >= this.#options.silentRun) {
      this.#find("silent-batches", this.#step - this.#silentRun + 1, {
        severity: "warning",
        message: `${this.#silentRun} batches in a row taught nothing (${status}); ${this.#silentSteps} of ${this.#step} steps so far`,
        remedy: remedyOfSilence(status, this.#parts),
        badness: this.#silentSteps / this.#observed,
      });
    }
  }

  #watchAnchors({ anchors, anchorsWithoutPositives }: BatchReport, needs: BatchNeeds | undefined): void {
    const lonely = needs?.pairs === false ? 0 : anchorsWithoutPositives;
    this.#liveShares.add(anchors === 0 ? 0 : 1 - lonely / anchors);
    if (this.#liveShares.isFull && this.#liveShares.mean < this.#options.leastLiveShare)
      this.#find("few-live-anchors", this.#step - this.#options.window + 1, {
        severity: "warning",
        message: `over the last ${this.#options.window} steps ${percent(this.#liveShares.mean)} of the anchors had a positive`,
        remedy: remedyOfLonelyAnchors(this.#parts),
        badness: 1 / this.#liveShares.mean,
      });
  }

  #watchLoss(value: number): void {
    const left = this.#losses.add(value);
    if (left !== null) this.#earlierLosses.add(left);
    if (!this.#earlierLosses.isFull) return;
    const [earlier, now] = [this.#earlierLosses.mean, this.#losses.mean];
    if (Math.abs(earlier - now) <= this.#options.flatness * Math.abs(earlier))
      this.#find("flat-loss", this.#step - 2 * this.#options.window + 1, {
        severity: "note",
        message: `the loss has stayed at ${now.toPrecision(4)} for ${2 * this.#options.window} steps`,
        remedy: remedyOfFlatLoss(this.#parts),
        badness: Math.abs(now),
      });
    else if (Math.abs(earlier - now) > MOVING_AGAIN * this.#options.flatness * Math.abs(earlier))
      this.#forget("flat-loss");
  }

  #watchGradients(norm: number): void {
    this.#gradientNorms.add(norm);
    if (!this.#gradientNorms.isFull) return;
    const mean = this.#gradientNorms.mean;
    this.#firstGradientNorm ??= mean;
    const ratio = mean / this.#firstGradientNorm;
    const seen = `the gradient's norm is ${mean.toPrecision(3)} on average, ${ratio.toPrecision(2)} times that of the first ${this.#options.window} steps`;
    const since = this.#step - this.#options.window + 1;
    if (ratio < 1e-3)
      this.#find("vanishing-gradient", since, {
        severity: "note",
        message: seen,
        remedy: remedyOfVanishing(this.#parts),
        badness: -Math.log10(ratio),
      });
    if (ratio > 1e3)
      this.#find("exploding-gradient", since, {
        severity: "warning",
        message: seen,
        remedy: "lower the learning rate, or normalize the embeddings",
        badness: Math.log10(ratio),
      });
  }

  #watchSpread(embeddings: Matrix): void {
    if (embeddings.rows < 2) return;
    const { meanCosine, effectiveRank } = measureSpread(embeddings, MEASURED_ROWS);
    if (meanCosine > this.#options.collapseCosine)
      this.#find("collapse", this.#step, {
        severity: "error",
        message: `the embeddings are nearly all alike: two of them have a cosine of ${meanCosine.toFixed(4)} on average`,
        remedy: remedyOfCollapse(this.#parts),
        badness: 1,
      });
    this.#highestRank = Math.max(this.#highestRank, effectiveRank);
    if (effectiveRank < 0.2 * this.#highestRank && effectiveRank < 4)
      this.#find("falling-rank", this.#step, {
        severity: "warning",
        message: `the embeddings use ${effectiveRank.toFixed(1)} directions where they have used ${this.#highestRank.toFixed(1)}`,
        remedy: remedyOfFallingRank(this.#parts),
        badness: 1 / effectiveRank,
      });
  }

  /**
   * Says which tensor was the first that is not finite. Embeddings are looked through where what was made of them is not
   * finite, and when their spread is measured; they would double the cost of every step.
   */
  #findNotFinite({ value, embeddings, gradients }: Numbers, gradientNorm: number | null): boolean {
    const { reference, parameters = {} } = gradients ?? {};
    const isBad = ({ data }: Matrix): boolean => !Number.isFinite(sumOfSquares(data));
    const badParameter = Object.keys(parameters).find((name) => isBad(parameters[name]));
    const made =
      (!Number.isFinite(value) && "the loss is") ||
      (gradientNorm !== null && !Number.isFinite(gradientNorm) && "the gradient of the embeddings holds") ||
      (reference !== undefined && isBad(reference) && "the gradient of the reference holds") ||
      (badParameter !== undefined && `the gradient of ${badParameter} holds`);
    const areEmbeddingsBad = embeddings !== undefined && (made !== false || this.#isMeasured()) && isBad(embeddings);
    if (!areEmbeddingsBad && made === false) return false;
    this.#find("not-finite", this.#step, {
      severity: "error",
      message: `${areEmbeddingsBad ? "the embeddings hold" : made} NaN or infinity, the first of all`,
      remedy: areEmbeddingsBad
        ? "the model diverged in the step before: lower the learning rate, clip its gradients"
        : "check the loss's options (a temperature or scale too extreme), and the inputs for huge values",
      badness: 1,
    });
    return true;
  }

  /** Whether the spread of embeddings is measured at this step. */
  #isMeasured(): boolean {
    return (this.#step - 1) % this.#options.spreadEvery === 0;
  }

  #find(name: FindingName, since: number, { badness, ...found }: Found): void {
    const known = this.#findings.get(name);
    const finding = { name, since: known?.since ?? since, until: this.#step, ...found };
    this.#findings.set(name, finding);
    const told = this.#told.get(name);
    if (told !== undefined && !(badness > told && badness >= CLEARLY_WORSE * told)) return;
    this.#told.set(name, badness);
    this.#options.onFinding?.(finding);
  }

  #forget(name: FindingName): void {
    this.#findings.delete(name);
  }
}

/** How bad a kind of finding was when it was told last. */
interface Told {
  readonly name: FindingName;
  readonly badness: number;
}

function checkTold(given: unknown, name: string): Told[] {
  if (!Array.isArray(given)) throw new TypeError(`${name} is ${describe(given)}; a list is needed`);
  return Array.from(given, (each: unknown, k) => {
    const { name: own, badness } = (each ?? {}) as Partial<Told>;
    return {
      name: checkFindingName(own, `${name}[${k}].name`),
      badness: checkNumber(badness, `${name}[${k}].badness`, { atLeast: 0, infinite: true }),
    };
  });
}

function renew<K, V>(map: Map<K, V>, entries: Iterable<[K, V]>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/**
 * Squares of float32 numbers don't overflow in float64, so the sum is finite when all numbers are. Eight sums side by side:
 * one alone waits for each addition to end, and takes six times as long.
 */
function sumOfSquares(data: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let [e, f, g, h] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 8);
  for (let k = 0; k < whole; k += 8) {
    a += data[k] * data[k];
    b += data[k + 1] * data[k + 1];
    c += data[k + 2] * data[k + 2];
    d += data[k + 3] * data[k + 3];
    e += data[k + 4] * data[k + 4];
    f += data[k + 5] * data[k + 5];
    g += data[k + 6] * data[k + 6];
    h += data[k + 7] * data[k + 7];
  }
  for (let k = whole; k < data.length; k++) a += data[k] * data[k];
  return a + b + (c + d) + (e + f + (g + h));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
