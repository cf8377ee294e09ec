import { ClassificationLoss, CrossBatchMemory, type Loss } from "kindred";
import { atTheDoor, InputError } from "../door/inputError.ts";
import { exported, namesEndingIn, type Exported } from "./exported.ts";

/** The loss of a command that is told none. */
export const USUAL_LOSS = "SupConLoss";

/** Classes that losses extend. */
const bases: readonly string[] = ["MetricLoss", "ClassificationLoss", "PairLoss"];

/** Losses that are made of formulas or other losses, or learn from views, scores, walks or pairs of rows instead of labels. */
const ofOtherInput: readonly string[] = [
  "AnglELoss",
  "CoSENTLoss",
  "GISTLoss",
  "GenericPairLoss",
  "ManifoldLoss",
  "MatryoshkaLoss",
  "MultipleNegativesRankingLoss",
  "SelfSupervisedLoss",
  "VICRegLoss",
];

/** What a loss with a vector a class must know of the data. */
interface ClassesToLearn {
  /** Their names, or how many classes 0, 1 ... there are. */
  readonly classes: readonly string[] | number;
  /** Columns of the embeddings. */
  readonly embeddingSize: number;
}

/** The names of the losses that labelled vectors can teach. */
export function lossNames(): string[] {
  return namesEndingIn("Loss", [...bases, ...ofOtherInput]);
}

/** @throws InputError when there is no loss of this name, or none that labelled vectors can teach */
export function checkLossName(name: string): void {
  lossNamed(name);
}

/**
 * The loss with its options; one with a vector a class is made for the classes it is to learn.
 *
 * @throws InputError when there is no such loss, or it refuses its options
 */
export function makeLoss(name: string, options: Readonly<Record<string, unknown>>, learned: ClassesToLearn): Loss {
  const Loss = lossNamed(name);
  const own = Loss.prototype instanceof ClassificationLoss ? classOptions(learned) : {};
  return atTheDoor(() => new Loss({ whenSilent: "ignore", ...own, ...options }));
}

/** The loss, comparing with the last `memorySize` embeddings as well. @throws InputError when it cannot */
export function remembering(loss: Loss, memorySize: number, embeddingSize: number): Loss {
  return atTheDoor(() => new CrossBatchMemory(loss, { embeddingSize, memorySize }));
}

function lossNamed(name: string): Exported<Loss> {
  if (ofOtherInput.includes(name))
    throw new InputError(`${name} learns from other input than labelled vectors; use it from the library`);
  return exported(name, lossNames(), "loss");
}

function classOptions({ classes, embeddingSize }: ClassesToLearn): object {
  if (typeof classes === "number") return { numClasses: classes, embeddingSize };
  return { numClasses: classes.length, embeddingSize, classes };
}
