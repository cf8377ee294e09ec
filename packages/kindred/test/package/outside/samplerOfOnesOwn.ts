// A sampler as somebody writes it who has nothing but the package: the rows in pairs of neighbours, the pairs shuffled.
import { describeSampler, PlannedSampler, samplerOptions, type EpochPlan, type Random } from "kindred";

const options = samplerOptions();

export class NeighbourSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "NeighbourSampler",
    summary: "Neighbouring rows side by side.",
    source: null,
    takes: [],
    example: (labels) => new NeighbourSampler(labels.length),
    options,
  });
  readonly rows: number;

  constructor(rows: number) {
    super({ batchSize: 20 });
    this.rows = rows;
  }

  get batchesPerEpoch(): number {
    return Math.floor(this.rows / this.batchSize);
  }

  protected plan(random: Random): EpochPlan {
    const pairs = random.shuffle(Int32Array.from({ length: this.rows / 2 }, (_, pair) => pair));
    return {
      rows: Int32Array.from({ length: this.rows }, (_, k) => 2 * pairs[k >> 1] + (k % 2)),
      starts: Int32Array.from({ length: this.batchesPerEpoch + 1 }, (_, batch) => batch * this.batchSize),
    };
  }
}
