import { ColumnsLoss } from "../../losses/around/columnsLoss.ts";
import type { Loss } from "../../losses/core/loss.ts";
import type { TripletMarginLoss } from "../../losses/triplets/tripletMarginLoss.ts";
import { checkNumber } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Stage } from "../stage.ts";
import type { StepEvent } from "../trainingHook.ts";
import { ComposedModel, type EmbeddingModels } from "./composedModel.ts";
import { ComposedTrainer, requireOptions, type ComposedTrainerOptions, type Composition } from "./composedTrainer.ts";
import { FooledLoss } from "./fooledLoss.ts";
import { classesOf, LogitsLoss } from "./logitsLoss.ts";
import { OutputsModel } from "./outputsModel.ts";
import { PhasedLosses, Phases } from "./phases.ts";
import { SyntheticTriplets } from "./syntheticTriplets.ts";
import { TrainerParts, type PartsOptions } from "./trainerParts.ts";

interface Models extends EmbeddingModels {
  /** Makes a negative, in the form of the trunk's features, of the features of anchor, positive and negative side by side. */
  readonly generator: Stage;
  /** Makes logits of the embeddings. */
  readonly classifier?: Stage;
}

interface Losses {
  /** Of the embeddings of real data. */
  readonly metricLoss: Loss;
  /** Of triplets with synthetic negatives, for the models that embed. It must take a reference and tuples. */
  readonly synthLoss: Loss;
  /** Of the same triplets, for the generator: its margin and distance count, turned round. */
  readonly gAdvLoss: TripletMarginLoss;
  /** Of the logits. Default: the mean of softmax cross entropies, where there is a classifier. */
  readonly classifierLoss?: Loss;
}

interface Miners {
  /** Chooses what metricLoss learns from. */
  readonly tupleMiner?: Miner | null;
}

/** Options of {@link DeepAdversarialMetricLearning}. */
export interface DeepAdversarialMetricLearningOptions
  extends ComposedTrainerOptions, PartsOptions<Models, Losses, Miners, keyof Losses | "gHardLoss" | "gRegLoss"> {
  /** Epochs at the beginning, >= 0, that train all but the generator, by real data alone. Default 0. */
  readonly metricAloneEpochs?: number;
  /** Epochs after those, >= 0, that train the generator alone. Default 0. */
  readonly gAloneEpochs?: number;
  /** Real triplets drawn for each row of a batch, >= 1, of each of which a synthetic one is made. Default 100. */
  readonly gTripletsPerAnchor?: number;
  /** Seed of that drawing. Default 0. */
  readonly seed?: number;
  /** The label of each of the classifier's outputs. Default: the distinct labels of the data, sorted. */
  readonly classes?: readonly Label[] | null;
}

const NAME = "DeepAdversarialMetricLearning";
const GENERATED = "generated";

/**
 * Metric learning against a generator of hard negatives, which is trained along. Of real triplets (a, p, n), f their features
 * and e their embeddings:
 *
 *     s = generator([f_a | f_p | f_n]),  e_s = embedder(s)
 *     L = metricLoss(e) + classifierLoss(classifier(e)) + synthLoss(e_a, e_p, e_s)
 *         + gAdvLoss: [d(e_a, e_s) - d(e_a, e_p) - margin]+
 *         + gHardLoss: mean (s / |s| - f_a / |f_a|)^2  +  gRegLoss: mean (s / |s| - f_n / |f_n|)^2
 *
 * each with its weight. All slopes go to all models, as in the paper's one objective. For `metricAloneEpochs` there are only
 * the first two terms, then for `gAloneEpochs` only the last three, which move the generator alone.
 *
 * Memory and time of a step grow with the batch times `gTripletsPerAnchor`.
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of bounds; RangeError in a step when the generator's
 *   outputs are not of the features' shape
 *
 * Sources: Duan et al., "Deep Adversarial Metric Learning" (CVPR 2018); pytorch-metric-learning 2.
 */
export class DeepAdversarialMetricLearning extends ComposedTrainer {
  readonly #phases: Phases;

  constructor(options: DeepAdversarialMetricLearningOptions) {
    requireOptions(NAME, options);
    const count = (name: keyof typeof counts): number =>
      checkNumber(options[name] ?? counts[name], name, {
        atLeast: name === "gTripletsPerAnchor" ? 1 : 0,
        integer: true,
      });
    const phases = new Phases(count("metricAloneEpochs"), count("gAloneEpochs"));
    super(NAME, compose(options, phases, count("gTripletsPerAnchor")), options, [
      ...Object.keys(counts),
      "seed",
      "classes",
    ]);
    this.#phases = phases;
  }

  override step(): StepEvent {
    this.#phases.epochsDone = this.epochsDone;
    const event = super.step();
    const losses = Object.entries(event.losses ?? {}).map(([name, value]) => [
      name.replace(`${GENERATED}.`, ""),
      value,
    ]);
    return { ...event, losses: Object.fromEntries(losses) as Record<string, number> };
  }
}

const counts = { metricAloneEpochs: 0, gAloneEpochs: 0, gTripletsPerAnchor: 100 };

function compose(
  options: DeepAdversarialMetricLearningOptions,
  phases: Phases,
  tripletsPerAnchor: number,
): Composition {
  const parts = new TrainerParts(NAME, options, {
    models: { needed: ["trunk", "generator"], others: ["embedder", "classifier"] },
    lossFuncs: { needed: ["metricLoss", "synthLoss", "gAdvLoss"], others: ["classifierLoss"] },
    miningFuncs: { others: ["tupleMiner"] },
    weighted: ["gHardLoss", "gRegLoss"],
  });
  const moves = (name: string): boolean =>
    parts.moves(name) && (name === "generator" ? phases.hasGenerator : phases.hasMetric);
  const classifier = parts.stage("classifier");
  const heads = classifier === null ? [] : [{ name: "classifier", stage: classifier, columns: null }];
  const outputs = new OutputsModel(parts.models, moves, { heads, hasFeatures: true });
  const [embeddings, features] = [outputs.columnsOf("embeddings"), outputs.columnsOf("features")];
  const synthetic = new SyntheticTriplets({
    generator: parts.stage("generator")!,
    embedder: parts.stage("embedder"),
    losses: new PhasedLosses(
      { synthLoss: parts.loss("synthLoss")!, gAdvLoss: new FooledLoss(options.lossFuncs.gAdvLoss) },
      { weights: parts.weights(["synthLoss", "gAdvLoss"]) },
      (name) => name === "gAdvLoss" || phases.hasMetric,
    ),
    hardWeight: parts.weight("gHardLoss"),
    regWeight: parts.weight("gRegLoss"),
    tripletsPerAnchor,
    share: 1 / (options.accumulate ?? 1),
    seed: options.seed ?? 0,
    embeddings,
    features,
  });
  const classifierLoss = (): Loss =>
    parts.loss("classifierLoss") ?? new LogitsLoss(options.classes ?? classesOf(options.data?.labels));
  const losses = {
    metricLoss: new ColumnsLoss(parts.minedLoss("metricLoss", "tupleMiner")!, embeddings),
    ...(classifier && { classifierLoss: new ColumnsLoss(classifierLoss(), outputs.columnsOf("classifier")) }),
    [GENERATED]: synthetic,
  };
  const weights = parts.weights(Object.keys(losses));
  return {
    model: new ComposedModel(parts.models, moves),
    outputs,
    embeddings,
    loss: new PhasedLosses(losses, { weights }, (name) =>
      name === GENERATED ? phases.hasGenerator : phases.hasMetric,
    ),
  };
}
