import { heap } from "../../kernels/runtime.ts";
import type { LinearReduction } from "../../reducers/linearReduction.ts";
import { listTuples, type AnchorLists } from "../../tuples/anchorLists.ts";
import type { Triplets } from "../../tuples/tuples.ts";

/**
 * The hinge over triplets that are given: violations v = x_p - y_n + margin, items [v]+ of which those within the
 * reduction's bounds count. A triplet costs one step in its anchor's row; nothing is gathered or kept beside it.
 */
export class ListedTripletHinge {
  readonly #margin: number;
  /** Which way distances grow apart: 1, or -1 for similarities. */
  readonly #away: number;
  readonly #positives: AnchorLists;
  readonly #negatives: AnchorLists;
  readonly #slopes: Float64Array;

  /** @param anchors, references how many there are */
  constructor(
    triplets: Triplets,
    anchors: number,
    references: number,
    { margin, isInverted }: { readonly margin: number; readonly isInverted: boolean },
  ) {
    this.#margin = margin;
    this.#away = isInverted ? -1 : 1;
    const { positives, negatives } = listTuples(triplets, anchors);
    this.#positives = positives;
    this.#negatives = negatives;
    this.#slopes = new Float64Array(references);
  }

  /** Takes the triplets of an anchor into the reduction, and turns its row of distances into their slopes. */
  row(anchor: number, pointer: number, into: LinearReduction): void {
    const { starts, ends, others: positives } = this.#positives;
    const negatives = this.#negatives.others;
    const low = Math.max(into.rule.low, 0);
    const { high } = into.rule;
    const weight = into.anchorWeight(anchor);
    const away = this.#away;
    const margin = this.#margin;
    const floats = heap();
    const first = pointer >>> 2;
    const slopes = this.#slopes.fill(0);
    const end = ends[anchor];
    let active = 0;
    let counted = 0;
    let total = 0;
    for (let k = starts[anchor]; k < end; k++) {
      const [positive, negative] = [positives[k], negatives[k]];
      const violation = away * (floats[first + positive] - floats[first + negative]) + margin;
      if (violation <= 0) continue;
      active++;
      if (violation <= low || violation >= high) continue;
      counted++;
      total += violation;
      slopes[positive] += weight;
      slopes[negative] -= weight;
    }
    for (let j = 0; j < slopes.length; j++) floats[first + j] = away * slopes[j];
    into.takeMany(anchor, end - starts[anchor], active, counted, total);
  }
}
