import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { EvaluateOptions } from "../../batch/takes.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { prepareLoad, type Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import type { Evaluation, Loss, LossState } from "../core/loss.ts";

/** A loss of the first `size` columns of the embeddings, and of the reference where there is one. */
export class PrefixLoss implements Loss {
  readonly name = "PrefixLoss";
  readonly loss: Loss;
  readonly size: number;

  constructor(loss: Loss, size: number) {
    this.loss = loss;
    this.size = size;
  }

  get needs(): BatchNeeds {
    return this.loss.needs;
  }

  get parameters(): Readonly<Record<string, Matrix>> {
    return this.loss.parameters;
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options: EvaluateOptions = {}): Evaluation {
    const matrix = toMatrix(embeddings, "embeddings");
    const reference = options.reference === undefined ? undefined : toMatrix(options.reference, "reference");
    const { gradients, ...evaluation } = this.loss.evaluate(firstColumns(matrix, this.size), labels, {
      ...options,
      ...(reference && { reference: firstColumns(reference, this.size) }),
    });
    return {
      ...evaluation,
      gradients: {
        embeddings: widened(gradients.embeddings, matrix.cols),
        ...(reference && gradients.reference && { reference: widened(gradients.reference, reference.cols) }),
        parameters: gradients.parameters,
      },
    };
  }

  state(): LossState {
    return this.loss.state();
  }

  load(state: LossState): void {
    this.loss.load(state);
  }

  prepareLoad(state: LossState): Loading {
    return prepareLoad(this.loss, state);
  }

  restorePoint(): () => void {
    return restorePoint([this.loss]);
  }
}

/** The first columns of a matrix; the matrix itself when that is all of them. */
function firstColumns(matrix: Matrix, cols: number): Matrix {
  return cols === matrix.cols ? matrix : copiedColumns(matrix, cols);
}

/** Columns of zeros added to a matrix. */
function widened(matrix: Matrix, cols: number): Matrix {
  return cols === matrix.cols ? matrix : copiedColumns(matrix, cols);
}

/** A matrix of another width with the columns that both have. */
function copiedColumns({ data, rows, cols: from }: Matrix, cols: number): Matrix {
  const out = zeros(rows, cols);
  const shared = Math.min(from, cols);
  for (let i = 0; i < rows; i++) out.data.set(data.subarray(i * from, i * from + shared), i * cols);
  return out;
}
