import type { Loss } from "../../losses/core/loss.ts";
import { describe, unknownName } from "../../matrix/checks.ts";
import { takeColumns, type ColumnRange } from "../../matrix/columns.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Model } from "../model.ts";
import { Trainer, type TrainerOptions } from "../trainer.ts";
import type { TrainingData } from "../trainingData.ts";
import type { Metrics, StepEvent } from "../trainingHook.ts";
import type { ComposedModel } from "./composedModel.ts";

/** What PML's trainers take as {@link Trainer} does. */
export interface ComposedTrainerOptions extends Omit<TrainerOptions, "model" | "loss" | "miner" | "evaluate" | "data"> {
  readonly data: TrainingData;
  /** Judges the models, which embed as one; default none. */
  readonly evaluate?: ((model: ComposedModel) => Metrics | Promise<Metrics>) | null;
}

/** A training of several models and losses, as one model and one loss. */
export interface Composition {
  /** What embeds when the training is done. */
  readonly model: ComposedModel;
  /** What the loss is evaluated of: the same, or what gives more beside the embeddings. */
  readonly outputs: Model;
  /** Which columns of the outputs are the embeddings; null: all. */
  readonly embeddings: ColumnRange | null;
  readonly loss: Loss;
  readonly miner?: Miner | null;
  /** Where the loop finds other data than those given. */
  readonly data?: TrainingData;
}

/** The names of options of a trainer of its own. */
const ownNames = ["models", "lossFuncs", "miningFuncs", "lossWeights", "freezeThese"];

/**
 * What PML's trainers share: {@link Trainer}'s loop, hooks, history and state, over several models and a weighted sum of
 * losses. Hooks see each loss in `event.losses`, and the embeddings alone in `event.embeddings`.
 */
export abstract class ComposedTrainer extends Trainer {
  readonly #composition: Composition;

  /** @param further names of options of the subclass's own */
  constructor(
    owner: string,
    composition: Composition,
    options: ComposedTrainerOptions,
    further: readonly string[] = [],
  ) {
    const known = [...ownNames, ...further];
    const others = Object.entries(options).filter(([name]) => !known.includes(name));
    const wrong = others.find(([name]) => ["model", "loss", "miner"].includes(name));
    if (wrong !== undefined) throw new TypeError(unknownName(`${owner} has no option`, wrong[0], known));
    const { model, outputs, loss, miner = null, data } = composition;
    const { evaluate, ...rest } = Object.fromEntries(others) as unknown as ComposedTrainerOptions;
    super({
      ...rest,
      model: outputs,
      loss,
      miner,
      ...(data && { data }),
      ...(evaluate && { evaluate: () => evaluate(model) }),
    });
    this.#composition = composition;
  }

  /** The models as one, which embeds. */
  override get model(): ComposedModel {
    return this.#composition.model;
  }

  override step(): StepEvent {
    const event = super.step();
    const { embeddings: columns } = this.#composition;
    if (columns === null) return event;
    const { embeddings, gradients } = event;
    return {
      ...event,
      embeddings: takeColumns(embeddings, columns),
      gradients: { ...gradients, embeddings: takeColumns(gradients.embeddings, columns) },
    };
  }
}

/** Refuses what is no record of options. @throws TypeError */
export function requireOptions(owner: string, options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(`${owner} takes its options as an object, given ${describe(options)}`);
}
