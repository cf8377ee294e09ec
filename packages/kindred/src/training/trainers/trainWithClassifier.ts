import { ColumnsLoss } from "../../losses/around/columnsLoss.ts";
import type { Loss } from "../../losses/core/loss.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Stage } from "../stage.ts";
import { ComposedModel, type EmbeddingModels } from "./composedModel.ts";
import { ComposedTrainer, requireOptions, type ComposedTrainerOptions, type Composition } from "./composedTrainer.ts";
import { classesOf, LogitsLoss } from "./logitsLoss.ts";
import { OutputsModel } from "./outputsModel.ts";
import { TrainerParts, type PartsOptions } from "./trainerParts.ts";

interface Models extends EmbeddingModels {
  /** Makes logits of the embeddings, one a class. */
  readonly classifier: Stage;
}

interface Losses {
  /** Of the embeddings. */
  readonly metricLoss: Loss;
  /** Of the logits. Default: the mean of softmax cross entropies. */
  readonly classifierLoss?: Loss;
}

interface Miners {
  /** Chooses what metricLoss learns from. */
  readonly tupleMiner?: Miner | null;
}

/** Options of {@link TrainWithClassifier}. */
export interface TrainWithClassifierOptions
  extends ComposedTrainerOptions, PartsOptions<Models, Losses, Miners, keyof Losses> {
  /** The label of each of the classifier's outputs. Default: the distinct labels of the data, sorted. */
  readonly classes?: readonly Label[] | null;
}

const NAME = "TrainWithClassifier";

/**
 * A loss of the embeddings and one of what a classifier makes of them:
 *
 *     L = w_m metricLoss(e) + w_c classifierLoss(classifier(e)),  e = embedder(trunk(x))
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of bounds
 *
 * Source: pytorch-metric-learning 2.
 */
export class TrainWithClassifier extends ComposedTrainer {
  constructor(options: TrainWithClassifierOptions) {
    super(NAME, compose(options), options, ["classes"]);
  }
}

function compose(options: TrainWithClassifierOptions): Composition {
  requireOptions(NAME, options);
  const parts = new TrainerParts(NAME, options, {
    models: { needed: ["trunk", "classifier"], others: ["embedder"] },
    lossFuncs: { needed: ["metricLoss"], others: ["classifierLoss"] },
    miningFuncs: { others: ["tupleMiner"] },
  });
  parts.stage("embedder");
  const heads = [{ name: "classifier", stage: parts.stage("classifier")!, columns: null }];
  const outputs = new OutputsModel(parts.models, parts.moves, { heads });
  const embeddings = outputs.columnsOf("embeddings");
  const classifierLoss =
    parts.loss("classifierLoss") ?? new LogitsLoss(options.classes ?? classesOf(options.data?.labels));
  return {
    model: new ComposedModel(parts.models, parts.moves),
    outputs,
    embeddings,
    loss: parts.sum({
      metricLoss: new ColumnsLoss(parts.minedLoss("metricLoss", "tupleMiner")!, embeddings),
      classifierLoss: new ColumnsLoss(classifierLoss, outputs.columnsOf("classifier")),
    }),
  };
}
