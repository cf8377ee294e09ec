import { ColumnsLoss } from "../../losses/around/columnsLoss.ts";
import type { Loss } from "../../losses/core/loss.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import type { ColumnRange } from "../../matrix/columns.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Stage } from "../stage.ts";
import { ComposedModel, type EmbeddingModels } from "./composedModel.ts";
import { ComposedTrainer, requireOptions, type ComposedTrainerOptions, type Composition } from "./composedTrainer.ts";
import { classesOf, LogitsLoss } from "./logitsLoss.ts";
import { OutputsModel, type Head } from "./outputsModel.ts";
import { TrainerParts, type PartsOptions } from "./trainerParts.ts";

interface Models extends EmbeddingModels {
  /** Makes logits of the part of that number. */
  readonly [classifier: `classifier${number}`]: Stage;
}

interface Losses {
  /** Of the part of that number. */
  readonly [metricLoss: `metricLoss${number}`]: Loss;
  /** Of that part's logits. Default: the mean of softmax cross entropies, where there is a classifier. */
  readonly [classifierLoss: `classifierLoss${number}`]: Loss;
}

interface Miners {
  /** Chooses what the metric loss of that number learns from; an HDCMiner from what the one before has chosen. */
  readonly [tupleMiner: `tupleMiner${number}`]: Miner;
}

/** Options of {@link CascadedEmbeddings}. */
export interface CascadedEmbeddingsOptions
  extends
    ComposedTrainerOptions,
    PartsOptions<Models, Losses, Miners, `metricLoss${number}` | `classifierLoss${number}`> {
  /** How many columns each part of the embeddings has, whole numbers >= 1. Required. */
  readonly embeddingSizes: readonly number[];
  /** The label of each of the classifiers' outputs. Default: the distinct labels of the data, sorted. */
  readonly classes?: readonly Label[] | null;
}

const NAME = "CascadedEmbeddings";

/**
 * Embeddings made of parts, side by side, each with a loss, a miner and a classifier of its own: 0, 1, 2 ...
 *
 *     L = sum_k w_k metricLoss_k(e_k) + v_k classifierLoss_k(classifier_k(e_k)),  e = [ e_0 | e_1 | ... ] = embedder(trunk(x))
 *
 * With an HDCMiner for each part, every one chooses the hardest of what the part before it has chosen.
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of bounds; RangeError in a step when the embeddings
 *   are not as wide as the parts together
 *
 * Sources: pytorch-metric-learning 2; Yuan, Yang and Zhang, "Hard-Aware Deeply Cascaded Embedding" (ICCV 2017).
 */
export class CascadedEmbeddings extends ComposedTrainer {
  constructor(options: CascadedEmbeddingsOptions) {
    super(NAME, compose(options), options, ["embeddingSizes", "classes"]);
  }
}

function compose(options: CascadedEmbeddingsOptions): Composition {
  requireOptions(NAME, options);
  const columns = columnsOf(options.embeddingSizes);
  const named = (name: string): string[] => columns.map((_, k) => `${name}${k}`);
  const parts = new TrainerParts(NAME, options, {
    models: { needed: ["trunk"], others: ["embedder", ...named("classifier")] },
    lossFuncs: { others: [...named("metricLoss"), ...named("classifierLoss")] },
    miningFuncs: { others: named("tupleMiner") },
  });
  parts.stage("embedder");
  const heads = columns.flatMap((range, k): Head[] => {
    const stage = parts.stage(`classifier${k}`);
    return stage === null ? [] : [{ name: `classifier${k}`, stage, columns: range }];
  });
  const width = columns.at(-1)!.end;
  const outputs = new OutputsModel(parts.models, parts.moves, { heads, checkEmbeddings: checkWidth(width) });
  const losses: Record<string, Loss> = {};
  let before: Loss | null = null;
  columns.forEach((range, k) => {
    before = parts.minedLoss(`metricLoss${k}`, `tupleMiner${k}`, before);
    if (before !== null) losses[`metricLoss${k}`] = new ColumnsLoss(before, range);
  });
  const classes = heads.length === 0 ? [] : (options.classes ?? classesOf(options.data?.labels));
  columns.forEach((_, k) => {
    const [given, isThere] = [parts.loss(`classifierLoss${k}`), parts.stage(`classifier${k}`) !== null];
    if (given !== null && !isThere)
      throw new TypeError(`${NAME}'s classifierLoss${k} has no classifier${k}; give both or neither`);
    if (isThere)
      losses[`classifierLoss${k}`] = new ColumnsLoss(
        given ?? new LogitsLoss(classes),
        outputs.columnsOf(`classifier${k}`),
      );
  });
  if (Object.keys(losses).length === 0)
    throw new TypeError(`${NAME}'s lossFuncs is empty; give metricLoss0 for the first part, or more`);
  return {
    model: new ComposedModel(parts.models, parts.moves),
    outputs,
    embeddings: outputs.columnsOf("embeddings"),
    loss: parts.sum(losses),
  };
}

/** Where each part stands. */
function columnsOf(sizes: readonly number[]): readonly ColumnRange[] {
  if (!Array.isArray(sizes) || sizes.length === 0)
    throw new TypeError(`embeddingSizes is ${describe(sizes)}; give a list with the columns of each part`);
  let end = 0;
  return sizes.map((size, k) => {
    const start = end;
    end += checkNumber(size, `embeddingSizes[${k}]`, { atLeast: 1, integer: true });
    return { start, end };
  });
}

function checkWidth(width: number): (embeddings: Matrix) => void {
  return ({ cols }) => {
    if (cols !== width)
      throw new RangeError(`the embeddings have ${cols} columns; embeddingSizes are ${width} together`);
  };
}
