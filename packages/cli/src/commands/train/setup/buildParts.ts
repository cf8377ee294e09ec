import type { BatchSampler, Loss, Miner } from "kindred";
import { InputError } from "../../../door/inputError.ts";
import { checkLossName, makeLoss, remembering } from "../../../parts/losses.ts";
import { checkMinerName, makeMiner } from "../../../parts/miners.ts";
import { makeSampler } from "../../../parts/samplers.ts";
import type { SizedOptions, TrainWishes } from "../options/trainOptions.ts";

/** What a training is made of beside the model. */
export interface TrainingParts {
  readonly loss: Loss;
  readonly miner: Miner | null;
  readonly sampler: BatchSampler;
}

/** @throws InputError when there is no loss or no miner of the name given; known before any data are read */
export function checkNames({ loss, miner }: TrainWishes): void {
  if (loss !== null) checkLossName(loss);
  if (miner !== null) checkMinerName(miner);
}

/**
 * Builds what is trained with on rows of these labels.
 *
 * @throws InputError when a part refuses its options or another part, or the batch is larger than the data
 */
export function buildParts(options: SizedOptions, labels: readonly string[]): TrainingParts {
  return {
    loss: buildLoss(options, labels),
    miner: options.miner === null ? null : makeMiner(options.miner),
    sampler: buildSampler(options, labels),
  };
}

/** The loss, comparing with embeddings of earlier batches as well if so many are to be remembered. */
function buildLoss(options: SizedOptions, labels: readonly string[]): Loss {
  const { memorySize, batchSize, size } = options;
  const loss = makeLoss(options.loss, options.lossOptions, { classes: [...new Set(labels)], embeddingSize: size });
  if (memorySize === null) return loss;
  if (memorySize < batchSize)
    throw new InputError(
      `the memory holds ${memorySize} rows and a batch ${batchSize}; give a --memory-size of a batch at least`,
    );
  return remembering(loss, memorySize, size);
}

function buildSampler(options: SizedOptions, labels: readonly string[]): BatchSampler {
  const { batchSize } = options;
  if (batchSize > labels.length)
    throw new InputError(
      `the batch size is ${batchSize} and there are ${labels.length} rows to train on; give a smaller --batch-size`,
    );
  return makeSampler(options, labels);
}
