import type { EvaluateOptions } from "../../batch/takes.ts";
import { WrappedLoss } from "../../losses/around/wrappedLoss.ts";
import type { Evaluation } from "../../losses/core/loss.ts";
import { TripletMarginLoss } from "../../losses/triplets/tripletMarginLoss.ts";
import { describe } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import type { Triplets } from "../../tuples/tuples.ts";

/**
 * What a generator of negatives wants: that they lie closer to the anchor than its positive does, by the margin.
 *
 *     L_apn = [d_an - d_ap - margin]+
 *
 * It is a TripletMarginLoss whose positives and negatives have changed places, its margin of the other sign.
 *
 * Source: Duan et al., "Deep Adversarial Metric Learning" (CVPR 2018).
 */
export class FooledLoss extends WrappedLoss {
  readonly name = "FooledLoss";

  /** @throws TypeError when it is no TripletMarginLoss, or one with swap, whose meaning would turn round */
  constructor(loss: unknown) {
    if (!(loss instanceof TripletMarginLoss) || loss.options.swap)
      throw new TypeError(
        `gAdvLoss is ${describe(loss)}${loss instanceof TripletMarginLoss ? " with swap" : ""}; give a TripletMarginLoss without swap`,
      );
    super(new TripletMarginLoss({ ...loss.options, margin: -loss.options.margin }));
  }

  /** @param columns tuples must be triplets */
  evaluate(embeddings: MatrixLike, labels: Labels | null, columns: EvaluateOptions): Evaluation {
    const { anchors, positives, negatives } = columns.tuples as Triplets;
    return this.loss.evaluate(embeddings, labels, {
      ...columns,
      tuples: { anchors, positives: negatives, negatives: positives },
    });
  }
}
