import type { Places } from "../../kernels/places.ts";

/** The bins of a {@link SoftHistogram}: their edges are start, start + width, ... start + bins width. */
interface Bins {
  readonly start: number;
  readonly width: number;
  readonly bins: number;
}

/**
 * Values counted at the edges of equal bins: between two edges a value counts for both, by its closeness, so that counts
 * have slopes. Values that rounding has left just outside count at the outermost edge.
 */
export class SoftHistogram {
  /** One entry an edge. */
  readonly counts: Float64Array;
  /** d loss / d count, for {@link SoftHistogram.slope}. */
  readonly slopes: Float64Array;
  /** How many values were counted. */
  size = 0;
  readonly #start: number;
  readonly #width: number;
  readonly #last: number;

  constructor({ start, width, bins }: Bins) {
    this.counts = new Float64Array(bins + 1);
    this.slopes = new Float64Array(bins + 1);
    this.#start = start;
    this.#width = width;
    this.#last = bins;
  }

  /** Counts a value. */
  add(value: number): void {
    const position = this.#position(value);
    const edge = Math.floor(position);
    const share = position - edge;
    this.counts[edge] += 1 - share;
    if (share > 0) this.counts[edge + 1] += share;
    this.size++;
  }

  /** Counts what stands in some places and forgets what was counted before. @param values room for it */
  recount(places: Places, values: Float64Array): void {
    this.counts.fill(0);
    this.size = 0;
    const count = places.read(values);
    for (let k = 0; k < count; k++) this.add(values[k]);
  }

  /** d loss / d value: counts move from one edge to the next. At an edge, where there is a kink, it is that of the bin above. */
  slope(value: number): number {
    const edge = Math.min(Math.floor(this.#position(value)), this.#last - 1);
    return (this.slopes[edge + 1] - this.slopes[edge]) / this.#width;
  }

  /** Whether a value lies exactly at an edge. */
  isAtEdge(value: number): boolean {
    return Number.isInteger(this.#position(value));
  }

  /** In bins from the first edge. */
  #position(value: number): number {
    return Math.max(0, Math.min((value - this.#start) / this.#width, this.#last));
  }
}
