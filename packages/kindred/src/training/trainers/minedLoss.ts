import { asPrepared } from "../../batch/preparedBatch.ts";
import type { EvaluateOptions } from "../../batch/takes.ts";
import { WrappedLoss } from "../../losses/around/wrappedLoss.ts";
import type { Evaluation, Loss, LossState } from "../../losses/core/loss.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { HDCMiner } from "../../miners/hdcMiner.ts";
import type { MineOptions, Miner } from "../../miners/miner.ts";
import { keptPart } from "../../state/entries.ts";
import { isKeeper, type Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import type { Tuples } from "../../tuples/tuples.ts";

/**
 * A loss on what a miner of its own finds. In a cascade an HDCMiner chooses from what the level before it has mined, where that
 * is given and has a miner.
 */
export class MinedLoss extends WrappedLoss {
  readonly name = "MinedLoss";
  readonly miners: Readonly<Record<string, Miner>>;
  readonly #miner: Miner;
  readonly #before: MinedLoss | null;
  #mined: Tuples | null = null;

  constructor(loss: Loss, miner: Miner, before: MinedLoss | null = null) {
    super(loss);
    this.#miner = miner;
    this.#before = before;
    this.miners = { miner };
  }

  evaluate(embeddings: MatrixLike, labels: Labels, columns: EvaluateOptions = {}): Evaluation {
    const batch = asPrepared(embeddings, labels, columns);
    const { reference, referenceLabels } = batch.given;
    const others = reference === undefined ? {} : { reference, referenceLabels };
    return batch.share(() => {
      this.#mined = this.#mine(batch, labels, others);
      return this.loss.evaluate(batch, labels, { ...others, tuples: this.#mined });
    });
  }

  override state(): LossState {
    return saveState(this.name, this.#record);
  }

  override load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  override prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.#record, state);
  }

  override restorePoint(): () => void {
    return restorePoint([this.loss, this.#miner]);
  }

  get #record(): StateRecord {
    return { loss: keptPart(this.loss), ...(isKeeper(this.#miner) && { miner: keptPart(this.#miner) }) };
  }

  #mine(embeddings: MatrixLike, labels: Labels, others: MineOptions): Tuples {
    const miner = this.#miner;
    const found = this.#before === null ? null : this.#before.#mined;
    if (!(miner instanceof HDCMiner) || found === null) return miner.mine(embeddings, labels, others);
    miner.setIdxExternally(found);
    try {
      return miner.mine(embeddings, labels, others);
    } finally {
      miner.resetIdx();
    }
  }
}
