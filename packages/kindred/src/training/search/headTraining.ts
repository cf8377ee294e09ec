import type { Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import type { BatchSampler } from "../../samplers/batchSampler.ts";
import { MPerClassSampler } from "../../samplers/mPerClassSampler.ts";
import { Adam } from "../adam.ts";
import { ProjectionHead, type SavedProjection } from "../heads/projectionHead.ts";
import { MlpModel, type SavedMlp } from "../mlpModel.ts";
import { Trainer } from "../trainer.ts";
import type { ClosedForms } from "./closedForms.ts";
import { beginHead, type HeadModel, type HeadRecipe } from "./headRecipe.ts";

/** Rows to train on. */
export interface LabelledRows {
  readonly inputs: Matrix;
  readonly labels: readonly Label[];
}

/** What does not differ from one training of a search to the other. */
export interface TrainingRules {
  readonly batchSize: number;
  /** Samples of a class in a batch. */
  readonly m: number;
  readonly seed: number;
  /** null: none. */
  readonly miner: (() => Miner) | null;
  /** null: an MPerClassSampler. */
  readonly sampler: ((labels: readonly Label[]) => BatchSampler) | null;
}

/** Proxies and class vectors begin at random: they need larger steps than a head that begins where it is good. */
const LEAST_LOSS_RATE = 1e-2;

/** A head at its beginning, and what trains it; null where nothing is to be trained. */
export function beginTraining(
  recipe: HeadRecipe,
  rows: LabelledRows,
  forms: ClosedForms,
  { batchSize, m, seed, ...parts }: TrainingRules,
): { readonly head: HeadModel; readonly trainer: Trainer | null } {
  const { inputs, labels } = rows;
  const head = beginHead(recipe, forms, inputs.cols, seed);
  if (recipe.loss === null) return { head, trainer: null };
  const loss = recipe.loss.make([...new Set(labels)], head.outputSize);
  const sampler = parts.sampler?.(labels) ?? new MPerClassSampler(labels, { batchSize, m, seed });
  const miner = parts.miner?.() ?? null;
  const lossOptimizer = new Adam({ learningRate: Math.max(recipe.learningRate, LEAST_LOSS_RATE) });
  return { head, trainer: new Trainer({ model: head, loss, miner, sampler, data: rows, lossOptimizer }) };
}

/** A head that shares nothing with the other. */
export function copyOfHead(head: HeadModel): HeadModel {
  return restoreHead(head.save());
}

export function restoreHead(saved: SavedProjection | SavedMlp): HeadModel {
  return saved.kind === "projection" ? ProjectionHead.restore(saved) : MlpModel.restore(saved);
}

/** Whether all weights are numbers: a training with too large steps ends in others. */
export function isSound(head: HeadModel): boolean {
  return Object.values(head.parameters).every(({ data }) => data.every(Number.isFinite));
}
