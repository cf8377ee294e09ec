import { requireServableLoss } from "../../losses/around/servableLoss.ts";
import type { Loss } from "../../losses/core/loss.ts";
import { sideBySide } from "../../matrix/columns.ts";
import type { Miner } from "../../miners/miner.ts";
import { checkRows, type Column, columnTaker } from "../rows/rows.ts";
import type { TrainingData } from "../trainingData.ts";
import { ComposedModel, type EmbeddingModels } from "./composedModel.ts";
import { ComposedTrainer, requireOptions, type ComposedTrainerOptions, type Composition } from "./composedTrainer.ts";
import { StreamsLoss } from "./streamsLoss.ts";
import { StreamsModel } from "./streamsModel.ts";
import { TrainerParts, type PartsOptions } from "./trainerParts.ts";

interface Losses {
  /** Between anchors of the first stream and positives and negatives of the second. It must take a reference. */
  readonly metricLoss: Loss;
}

interface Miners {
  readonly tupleMiner?: Miner | null;
}

/** Two inputs of each sample, such as a photograph and a drawing: row i of both has label i. */
export interface TwoStreamData extends TrainingData {
  /** What positives and negatives are made of, in the form of `inputs`, which anchors are made of. As wide as those. */
  readonly others: Column;
}

/** Options of {@link TwoStreamMetricLoss}. */
export interface TwoStreamMetricLossOptions
  extends Omit<ComposedTrainerOptions, "data">, PartsOptions<EmbeddingModels, Losses, Miners, keyof Losses> {
  readonly data: TwoStreamData;
}

const NAME = "TwoStreamMetricLoss";

/**
 * One loss between two streams of inputs that go through the same models: anchors are of `data.inputs`, positives and negatives
 * of `data.others`. The other input of an anchor's own sample is a positive like any other.
 *
 *     L = metricLoss(embed(inputs), labels, { reference: embed(others), referenceLabels: labels })
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of bounds, or the loss takes no reference
 *
 * Source: pytorch-metric-learning 2, which makes triplets of both streams first and hands those to the loss.
 */
export class TwoStreamMetricLoss extends ComposedTrainer {
  constructor(options: TwoStreamMetricLossOptions) {
    super(NAME, compose(options), options);
  }
}

function compose(options: TwoStreamMetricLossOptions): Composition {
  requireOptions(NAME, options);
  const parts = new TrainerParts(NAME, options, {
    models: { needed: ["trunk"], others: ["embedder"] },
    lossFuncs: { needed: ["metricLoss"] },
    miningFuncs: { others: ["tupleMiner"] },
  });
  parts.stage("embedder");
  requireServableLoss(NAME, options.lossFuncs.metricLoss);
  const outputs = new StreamsModel(parts.models, parts.moves);
  return {
    model: new ComposedModel(parts.models, parts.moves),
    outputs,
    embeddings: outputs.first,
    loss: parts.sum({ metricLoss: new StreamsLoss(parts.minedLoss("metricLoss", "tupleMiner")!) }),
    data: joined(options.data),
  };
}

/** Both inputs of each sample in one row. */
function joined(data: TwoStreamData): TrainingData {
  // the loop tells what is missing
  if (typeof data !== "object" || data === null) return data;
  const { inputs, others, labels } = data;
  if (labels === undefined) throw new TypeError("data.labels is undefined; give an array with one label a sample");
  const { take, count } = checkRows({ inputs, labels });
  const takeOthers = columnTaker(others, "data.others", count);
  return {
    labels,
    inputs: (rows) => {
      const [one, other] = [take(rows).columns[0], takeOthers(rows)];
      if (one.cols !== other.cols)
        throw new RangeError(
          `data.inputs has ${one.cols} columns, data.others ${other.cols}; both go through the same models`,
        );
      return sideBySide([one, other]);
    },
  };
}
