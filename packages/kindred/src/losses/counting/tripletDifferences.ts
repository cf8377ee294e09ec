import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { AnchorRows } from "../../batch/anchorRows.ts";
import type { Comparison } from "../../distances/distance.ts";
import { prefix } from "../../matrix/prefix.ts";
import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import type { Differences } from "../items/differences.ts";

/** The differences of the triplets that tuples name, or that the pairs of each anchor make: every positive with every negative. */
export class TripletDifferences implements Differences {
  readonly #rows: AnchorRows;
  /** Whether the k-th positive of an anchor goes with its k-th negative alone. */
  readonly #isListed: boolean;
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  readonly #differences: Float64Array;
  #run: Float64Array = new Float64Array();

  constructor(rows: AnchorRows, tuples: Tuples | null) {
    this.#rows = rows;
    this.#isListed = tuples !== null && isTriplets(tuples);
    this.#positives = new Float64Array(rows.capacity);
    this.#negatives = new Float64Array(rows.capacity);
    this.#differences = new Float64Array(rows.capacity);
  }

  get sides(): Comparison {
    return this.#rows.sides;
  }

  forEach(visit: (differences: Float64Array) => void): void {
    this.#rows.forEach((row) => {
      const { count, negativeCount } = this.#read(row);
      if (this.#isListed) visit(this.#pairwise(count));
      else for (let p = 0; p < count; p++) visit(this.#ofPositive(p, negativeCount));
    });
  }

  pullBack(toSlopes: (differences: Float64Array) => void): void {
    this.#rows.pullBack((row) => {
      const { count, negativeCount } = this.#read(row);
      if (this.#isListed) {
        const slopes = this.#pairwise(count);
        toSlopes(slopes);
        row.positives.write(slopes);
        row.negatives.write(slopes);
        row.negatives.affine(-1, 0);
        return;
      }
      const x = this.#positives;
      const pulls = new Float64Array(negativeCount);
      for (let p = 0; p < count; p++) {
        const slopes = this.#ofPositive(p, negativeCount);
        toSlopes(slopes);
        let pull = 0;
        for (let n = 0; n < negativeCount; n++) {
          pulls[n] -= slopes[n];
          pull += slopes[n];
        }
        x[p] = pull;
      }
      row.positives.write(x);
      row.negatives.write(pulls);
    });
  }

  #read({ positives, negatives }: AnchorRow): { readonly count: number; readonly negativeCount: number } {
    return { count: positives.read(this.#positives), negativeCount: negatives.read(this.#negatives) };
  }

  /** Each positive less the negative in its own place. */
  #pairwise(count: number): Float64Array {
    const differences = this.#runOf(count);
    for (let k = 0; k < count; k++) differences[k] = this.#positives[k] - this.#negatives[k];
    return differences;
  }

  /** One positive less every negative. */
  #ofPositive(p: number, negativeCount: number): Float64Array {
    const x = this.#positives[p];
    const y = this.#negatives;
    const differences = this.#runOf(negativeCount);
    for (let n = 0; n < negativeCount; n++) differences[n] = x - y[n];
    return differences;
  }

  #runOf(count: number): Float64Array {
    this.#run = prefix(this.#differences, count, this.#run);
    return this.#run;
  }
}
