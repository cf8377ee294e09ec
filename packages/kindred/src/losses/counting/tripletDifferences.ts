import type { AnchorRows } from "../../batch/anchorRows.ts";
import type { Comparison } from "../../distances/distance.ts";
import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import type { Differences } from "../items/differences.ts";

/** The differences of the triplets that tuples name, or that the pairs of each anchor make: every positive with every negative. */
export class TripletDifferences implements Differences {
  readonly #rows: AnchorRows;
  /** Whether the k-th positive of an anchor goes with its k-th negative alone. */
  readonly #isListed: boolean;
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  readonly #pulls: Float64Array;

  constructor(rows: AnchorRows, tuples: Tuples | null) {
    this.#rows = rows;
    this.#isListed = tuples !== null && isTriplets(tuples);
    this.#positives = new Float64Array(rows.capacity);
    this.#negatives = new Float64Array(rows.capacity);
    this.#pulls = new Float64Array(rows.capacity);
  }

  get sides(): Comparison {
    return this.#rows.sides;
  }

  forEach(visit: (difference: number) => void): void {
    const [x, y, isListed] = [this.#positives, this.#negatives, this.#isListed];
    this.#rows.forEach(({ positives, negatives }) => {
      const count = positives.read(x);
      const negativeCount = negatives.read(y);
      for (let p = 0; p < count; p++) {
        if (isListed) visit(x[p] - y[p]);
        else for (let n = 0; n < negativeCount; n++) visit(x[p] - y[n]);
      }
    });
  }

  pullBack(slope: (difference: number) => number): void {
    const [x, y, pulls, isListed] = [this.#positives, this.#negatives, this.#pulls, this.#isListed];
    this.#rows.pullBack(({ positives, negatives }) => {
      const count = positives.read(x);
      const negativeCount = negatives.read(y);
      pulls.fill(0, 0, negativeCount);
      for (let p = 0; p < count; p++) {
        let pull = 0;
        const [from, to] = isListed ? [p, p + 1] : [0, negativeCount];
        for (let n = from; n < to; n++) {
          const pulled = slope(x[p] - y[n]);
          pulls[n] -= pulled;
          pull += pulled;
        }
        x[p] = pull;
      }
      positives.write(x);
      negatives.write(pulls);
    });
  }
}
