import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { EvaluateOptions } from "../../batch/takes.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import { prepareLoad, type Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import type { Evaluation, Loss, LossState } from "../core/loss.ts";

/** A loss that is evaluated in another way than by itself; all that it keeps and needs is its own, its state too. */
export abstract class WrappedLoss implements Loss {
  abstract readonly name: string;
  readonly loss: Loss;

  constructor(loss: Loss) {
    this.loss = loss;
  }

  get needs(): BatchNeeds {
    return this.loss.needs;
  }

  get parameters(): Readonly<Record<string, Matrix>> {
    return this.loss.parameters;
  }

  abstract evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation;

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
