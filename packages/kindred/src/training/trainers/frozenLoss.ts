import type { EvaluateOptions } from "../../batch/takes.ts";
import { WrappedLoss } from "../../losses/around/wrappedLoss.ts";
import type { Evaluation } from "../../losses/core/loss.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";

/** A loss whose parameters stay as they are: nobody is told of them. */
export class FrozenLoss extends WrappedLoss {
  readonly name = "FrozenLoss";

  override get parameters(): Readonly<Record<string, Matrix>> {
    return {};
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation {
    const evaluation = this.loss.evaluate(embeddings, labels, options);
    return { ...evaluation, gradients: { ...evaluation.gradients, parameters: {} } };
  }
}
