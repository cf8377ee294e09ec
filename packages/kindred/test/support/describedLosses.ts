import { exampleArguments, exampleLoss, type LossClass } from "../../../../scripts/examples.mjs";
import * as kindred from "../../src/index.ts";
import {
  ContrastiveLoss,
  prepareBatch,
  Random,
  type Evaluation,
  type Loss,
  type PrepareOptions,
  type Takes,
} from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";

/** Every loss that says what it is, in the order of their names. */
export const lossClasses = describedClasses(kindred, "loss") as unknown as readonly LossClass[];

/** What the examples are made for. */
export const shape = { embeddingSize: 4, numClasses: 3 };

/** A loss as its example makes it; one that wraps others is around a ContrastiveLoss. */
export function makeLoss(Class: LossClass, options: object = {}, of = shape): Loss {
  const all = { whenSilent: "ignore", ...options };
  const inner = [exampleLoss(ContrastiveLoss as unknown as LossClass, { shape: of, options: all })];
  return exampleLoss(Class, { shape: of, options: all, inner });
}

/** Arguments of `evaluate`: as wide as a batch can be, whatever a loss takes. */
export interface Call {
  readonly embeddings: number[][];
  readonly labels: unknown;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** Embeddings of `n` samples, with whatever a loss of what it takes must be given. */
export function callOf(takes: Takes, n = 6, seed = 1): Call {
  const random = new Random(seed);
  const rows = () =>
    Array.from({ length: n }, () => Array.from({ length: shape.embeddingSize }, () => random.normal()));
  const embeddings = rows();
  const [labels, columns] = exampleArguments(takes, {
    labels: embeddings.map((_, i) => i % shape.numClasses),
    scores: embeddings.map((_, i) => i / n),
    reference: rows(),
    guideEmbeddings: rows(),
    guideReference: rows(),
    alike: embeddings.map((_, i) => i % 2),
    negatives: [rows()],
    guideNegatives: [rows()],
    teacher: [rows()],
    // the better of two candidates is not always the same
    teacherScores: embeddings.map((_, i) => [i % 2, 0.5]),
  });
  return { embeddings, labels, columns };
}

/** Another set of embeddings, with labels. */
export function referenceOf(m: number): { readonly reference: number[][]; readonly referenceLabels: number[] } {
  const random = new Random(99);
  const reference = Array.from({ length: m }, () => Array.from({ length: shape.embeddingSize }, () => random.normal()));
  return { reference, referenceLabels: reference.map((_, j) => j % shape.numClasses) };
}

/** What the loss makes of a call. */
export function evaluate(loss: Loss, { embeddings, labels, columns }: Call): Evaluation {
  return loss.evaluate(embeddings, labels as never, columns);
}

/** The same call with a prepared batch in place of the rows. */
export function evaluatePrepared(loss: Loss, { embeddings, labels, columns }: Call): Evaluation {
  const { reference, referenceLabels, anchorRows } = columns as PrepareOptions;
  const areClasses = !["scores", "alike", "ofPairs"].includes(loss.description?.takes.labels ?? "classes");
  const batch = prepareBatch(embeddings, areClasses ? (labels as never) : null, {
    reference,
    referenceLabels,
    anchorRows,
  });
  return batch.share(() => loss.evaluate(batch, labels as never, columns));
}
