import { checkNumber, describe } from "../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../matrix/labels.ts";
import { toMatrix, type MatrixLike } from "../matrix/matrix.ts";
import { Random } from "../matrix/random.ts";
import type { Miner } from "../miners/miner.ts";
import { MultiSimilarityMiner } from "../miners/multiSimilarityMiner.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { checkNumbers, keptValue } from "../state/entries.ts";
import type { Loading } from "../state/loading.ts";
import type { StateRecord } from "../state/stateRecord.ts";
import { toWeights } from "../tuples/toWeights.ts";
import type { BatchSampler, SamplerState } from "./batchSampler.ts";
import { WeightedDraw } from "./drawing/weightedDraw.ts";
import { equalStarts, PlannedSampler, range, type EpochPlan } from "./plannedSampler.ts";
import { describeSampler } from "./samplerDescription.ts";
import { samplerOptions } from "./samplerOptions.ts";

/** What {@link TuplesToWeightsSampler} finds the hard samples with. */
export interface TupleSource {
  /** One label a sample. */
  readonly labels: Labels;
  /** Embeds samples as the model does now; row k is that of sample rows[k]. */
  readonly embed: (rows: Int32Array) => MatrixLike;
  /** Finds the tuples in which hard samples stand often. */
  readonly miner: Miner;
}

const options = extendOptions(samplerOptions(), {
  /** Samples that are embedded, and then drawn from, in an epoch, >= 1; null (default): all. */
  subsetSize: wholeNumber({ default: null, atLeast: 1 }),
});

/** Options of {@link TuplesToWeightsSampler}. */
export type TuplesToWeightsSamplerOptions = OptionsGiven<typeof options>;

/**
 * Draws samples as often as a miner finds them in tuples. Before each epoch the data (or a random part of it) is embedded
 * and mined; a sample's weight is how often it stands in the tuples. As many samples as were embedded are then drawn by
 * weight, with replacement. Where the miner finds nothing all weights are equal.
 *
 * Since the embeddings change, a state taken within an epoch holds its weights too.
 */
export class TuplesToWeightsSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "TuplesToWeightsSampler",
    summary: "Draws samples as often as a miner finds them in tuples.",
    source: "pytorch-metric-learning",
    takes: ["labels", "embeddings"],
    example: (labels, seed = 0): BatchSampler => {
      const random = new Random(seed);
      const all = Array.from(labels, () => [random.normal(), random.normal(), random.normal()]);
      const embed = (rows: Int32Array): number[][] => Array.from(rows, (row) => all[row]);
      return new TuplesToWeightsSampler({ labels, embed, miner: new MultiSimilarityMiner() }, { seed });
    },
    options,
  });
  readonly subsetSize: number;
  readonly #source: TupleSource;
  readonly #labels: readonly Label[];
  #weights: Float64Array | null = null;
  #listed: readonly number[] | null = null;

  /**
   * @throws TypeError when a part of the source is missing; RangeError when there is no sample, or the subset is larger
   *   than the data
   */
  constructor(source: TupleSource, options?: TuplesToWeightsSamplerOptions) {
    super(options);
    if (typeof source !== "object" || source === null)
      throw new TypeError(`source is ${describe(source)}; give { labels, embed, miner }`);
    if (typeof source.embed !== "function")
      throw new TypeError(`embed is ${describe(source.embed)}; give a function of rows that returns their embeddings`);
    if (typeof source.miner?.mine !== "function")
      throw new TypeError(`miner is ${describe(source.miner)}; give a miner, such as new MultiSimilarityMiner()`);
    this.#source = source;
    const { codes, classes } = encodeLabels(source.labels, "labels");
    this.#labels = Array.from(codes, (code) => classes[code]);
    const count = this.#labels.length;
    if (count === 0) throw new RangeError("labels is empty; give one label a sample");
    this.subsetSize = checkNumber(this.options.subsetSize ?? count, "subsetSize", {
      atLeast: 1,
      atMost: count,
      integer: true,
    });
  }

  get batchesPerEpoch(): number {
    return Math.ceil(this.subsetSize / this.batchSize);
  }

  /** The weight of each sample in the epoch planned last, 1 for the most frequent; null before the first. */
  get weights(): Float64Array | null {
    return this.#weights === null ? null : this.#weights.slice();
  }

  protected plan(random: Random): EpochPlan {
    const [subsetSeed, drawSeed] = [random.bits(), random.bits()];
    const isWithin = this.batchesGiven !== 0;
    const weights = isWithin && this.#weights !== null ? this.#weights : this.#weigh(new Random(subsetSeed));
    this.#setWeights(weights);
    const draw = new WeightedDraw(weights);
    const draws = new Random(drawSeed);
    const rows = Int32Array.from({ length: this.subsetSize }, () => draw.next(draws));
    return { rows, starts: equalStarts(rows.length, this.batchSize, false) };
  }

  #weigh(random: Random): Float64Array {
    const rows = random.shuffle(range(this.#labels.length)).slice(0, this.subsetSize).sort();
    const embeddings = toMatrix(this.#source.embed(rows), "what embed returned");
    if (embeddings.rows !== rows.length)
      throw new RangeError(`embed returned ${embeddings.rows} rows for ${rows.length} samples; give one a sample`);
    const labels = Array.from(rows, (row) => this.#labels[row]);
    const own = toWeights(this.#source.miner.mine(embeddings, labels), rows.length);
    const weights = new Float64Array(this.#labels.length);
    rows.forEach((row, k) => (weights[row] = own[k]));
    return weights;
  }

  protected override get stateRecord(): StateRecord {
    return { ...super.stateRecord, weights: keptValue(this.#savedWeights, checkWeights) };
  }

  override prepareLoad(state: SamplerState): Loading {
    const found = super.prepareLoad(state);
    const { batch, weights } = state as { readonly batch: number; readonly weights: readonly number[] };
    const needed = batch === 0 ? 0 : this.#labels.length;
    if (weights.length !== needed)
      throw new RangeError(
        `the state's weights has ${weights.length} entries; within an epoch a state holds a weight for each of the ${this.#labels.length} samples, between two none`,
      );
    return found;
  }

  /** The weights as a state has them: a list made once an epoch, since a state is asked for before every batch. */
  get #savedWeights(): { get(): readonly number[]; set(weights: readonly number[]): void } {
    return {
      get: () => {
        if (this.batchesGiven === 0 || this.#weights === null) return none;
        this.#listed ??= Object.freeze(Array.from(this.#weights));
        return this.#listed;
      },
      set: (weights) => this.#setWeights(weights.length === 0 ? null : Float64Array.from(weights)),
    };
  }

  #setWeights(weights: Float64Array | null): void {
    this.#weights = weights;
    this.#listed = null;
  }
}

const none: readonly number[] = Object.freeze([]);

function checkWeights(given: unknown, name: string): readonly number[] {
  const weights = checkNumbers(given, name, Array.isArray(given) ? given.length : 0, { atLeast: 0 });
  if (weights.length > 0 && weights.every((weight) => weight === 0))
    throw new RangeError(`${name} are all 0; at least one sample must be drawn`);
  return weights;
}
