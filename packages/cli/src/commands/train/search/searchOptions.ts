import type { Label, LossRecipe, SearchPlan, TrainHeadOptions } from "kindred";
import { makeLoss, remembering } from "../../../parts/losses.ts";
import { makeMiner } from "../../../parts/miners.ts";
import { makeSampler } from "../../../parts/samplers.ts";
import { USUAL_BUDGET, type SizedOptions, type TrainWishes } from "../options/trainOptions.ts";

/**
 * A search as the library takes it.
 *
 * @param sized the wishes with a batch size and the samples of a class in it
 * @param suited the losses that suit the classes
 * @param plan of an earlier search; null: made from the budget
 */
export function searchOptions(
  wishes: TrainWishes,
  sized: SizedOptions,
  suited: readonly LossRecipe[],
  plan: SearchPlan | null,
): TrainHeadOptions & { readonly budgetSeconds: number } {
  const { budget, hidden, learningRate, miner, seed } = wishes;
  return {
    budgetSeconds: budget ?? USUAL_BUDGET,
    plan,
    losses: lossesToTry(wishes, suited),
    hidden,
    learningRate,
    miner: miner === null ? null : () => makeMiner(miner),
    sampler: (labels: readonly Label[]) => makeSampler(sized, labels.map(String)),
    batchSize: sized.batchSize,
    m: sized.m,
    seed,
  };
}

/** The loss that was named, or those that suit; each with a memory where one is asked for. */
function lossesToTry(wishes: TrainWishes, suited: readonly LossRecipe[]): readonly LossRecipe[] {
  const { loss, memorySize } = wishes;
  const losses = loss === null ? suited : [namedLoss(loss, wishes.lossOptions)];
  if (memorySize === null) return losses;
  return losses.map(({ name, make }) => ({
    name: `${name}, memory of ${memorySize}`,
    make: (classes, size) => remembering(make(classes, size), memorySize, size),
  }));
}

function namedLoss(loss: string, options: TrainWishes["lossOptions"]): LossRecipe {
  const words = Object.entries(options).map(([option, value]) => `${option} ${JSON.stringify(value)}`);
  return {
    name: words.length === 0 ? loss : `${loss} (${words.join(", ")})`,
    make: (classes, embeddingSize) => makeLoss(loss, options, { classes: classes.map(String), embeddingSize }),
  };
}
