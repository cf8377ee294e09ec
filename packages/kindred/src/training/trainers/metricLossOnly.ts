import type { Loss } from "../../losses/core/loss.ts";
import type { Miner } from "../../miners/miner.ts";
import { ComposedModel, type EmbeddingModels } from "./composedModel.ts";
import { ComposedTrainer, requireOptions, type ComposedTrainerOptions, type Composition } from "./composedTrainer.ts";
import { TrainerParts, type PartsOptions } from "./trainerParts.ts";

interface Losses {
  /** Of the embeddings. */
  readonly metricLoss: Loss;
}

interface Miners {
  readonly tupleMiner?: Miner | null;
}

/** Options of {@link MetricLossOnly}. */
export interface MetricLossOnlyOptions
  extends ComposedTrainerOptions, PartsOptions<EmbeddingModels, Losses, Miners, keyof Losses> {}

const NAME = "MetricLossOnly";

/**
 * One loss of the embeddings that a trunk and an embedder make: {@link Trainer} over two models.
 *
 *     new MetricLossOnly({ models: { trunk, embedder }, lossFuncs: { metricLoss: new TripletMarginLoss() }, sampler, data });
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of bounds
 *
 * Source: pytorch-metric-learning 2.
 */
export class MetricLossOnly extends ComposedTrainer {
  constructor(options: MetricLossOnlyOptions) {
    super(NAME, compose(options), options);
  }
}

function compose(options: MetricLossOnlyOptions): Composition {
  requireOptions(NAME, options);
  const parts = new TrainerParts(NAME, options, {
    models: { needed: ["trunk"], others: ["embedder"] },
    lossFuncs: { needed: ["metricLoss"] },
    miningFuncs: { others: ["tupleMiner"] },
  });
  parts.stage("embedder");
  const model = new ComposedModel(parts.models, parts.moves);
  return {
    model,
    outputs: model,
    embeddings: null,
    loss: parts.sum({ metricLoss: parts.loss("metricLoss")! }),
    miner: parts.miner("tupleMiner"),
  };
}
