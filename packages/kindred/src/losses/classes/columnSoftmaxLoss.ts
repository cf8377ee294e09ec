import type { Matrix } from "../../matrix/matrix.ts";
import { normalColumns, type ClassVectorShape } from "../logits/classVectors.ts";
import { SoftmaxLoss } from "./softmaxLoss.ts";
import type { SoftmaxOptionRecord } from "./softmaxOptions.ts";

/**
 * A {@link SoftmaxLoss} with one vector a class, the columns of its parameter W (embeddingSize x numClasses), which are
 * drawn from a normal distribution. A subclass makes the logits.
 */
export abstract class ColumnSoftmaxLoss<R extends SoftmaxOptionRecord = SoftmaxOptionRecord> extends SoftmaxLoss<R> {
  /** The class vectors, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  protected shape(): ClassVectorShape {
    return normalColumns("W");
  }
}
