import * as kindred from "kindred";
import { CrossBatchMemory, describedClasses, type Loss, type LossDescription } from "kindred";
import { atTheDoor, InputError } from "../door/inputError.ts";
import { checkEntries } from "../door/mostEntries.ts";
import { checkLossOptions } from "./lossOptions.ts";
import { unknownPart } from "./unknownPart.ts";

/** The loss of a command that is told none. */
export const USUAL_LOSS = "SupConLoss";

/** A class of losses as the command makes them. */
type LossClass = (new (options: object) => Loss) & { readonly description: LossDescription };

/** What a loss with a vector a class must know of the data. */
interface ClassesToLearn {
  /** Their names, or how many classes 0, 1 ... there are. */
  readonly classes: readonly string[] | number;
  /** Columns of the embeddings. */
  readonly embeddingSize: number;
}

const losses: ReadonlyMap<string, LossClass> = new Map(
  describedClasses(kindred, "loss").map((Loss) => [Loss.description.name, Loss as unknown as LossClass]),
);

/** The names of the losses that labelled vectors can teach. */
export function lossNames(): string[] {
  return [...losses.values()]
    .map(({ description }) => description)
    .filter(isTaughtByLabels)
    .map(({ name }) => name);
}

/** @throws InputError when there is no loss of this name, or none that labelled vectors can teach */
export function checkLossName(name: string): void {
  lossNamed(name);
}

/** What a loss says of itself. @throws InputError as {@link checkLossName} */
export function lossDescription(name: string): LossDescription {
  return lossNamed(name).description;
}

/**
 * The loss with its options; one with a vector a class is made for the classes it is to learn.
 *
 * @throws InputError when there is no such loss, or it refuses its options
 */
export function makeLoss(name: string, options: Readonly<Record<string, unknown>>, learned: ClassesToLearn): Loss {
  const Loss = lossNamed(name);
  checkLossOptions(Loss.description, options);
  const own = Loss.description.family === "classes" ? classOptions(learned, vectorsPerClass(options)) : {};
  return atTheDoor(() => new Loss({ whenSilent: "ignore", ...own, ...options }));
}

/** The loss, comparing with the last `memorySize` embeddings as well. @throws InputError when it cannot */
export function remembering(loss: Loss, memorySize: number, embeddingSize: number): Loss {
  checkEntries(memorySize, embeddingSize, {
    what: "the memory of embeddings",
    remedy: "give a smaller --memory-size or --size",
  });
  return atTheDoor(() => new CrossBatchMemory(loss, { embeddingSize, memorySize }));
}

/** Whether a table of vectors with labels is all that the loss takes, and words and numbers all that it must be told. */
function isTaughtByLabels({ takes, wraps, example }: LossDescription): boolean {
  const needsFormulas = Object.values(example?.({ embeddingSize: 2, numClasses: 2 }) ?? {}).some(
    (value) => typeof value === "function" || typeof value === "object",
  );
  const hasLabels = !["none", "scores", "alike"].includes(takes.labels) && takes.reference !== "required";
  const isTaughtByOthers = takes.guide === true || takes.teacher !== undefined || takes.negatives === "required";
  return hasLabels && !isTaughtByOthers && wraps === undefined && !needsFormulas;
}

function lossNamed(name: string): LossClass {
  const Loss = losses.get(name);
  if (Loss === undefined) throw unknownPart("loss", name, lossNames());
  if (!isTaughtByLabels(Loss.description))
    throw new InputError(`${name} learns from other input than labelled vectors; use it from the library`);
  return Loss;
}

/** Of losses with several a class. */
function vectorsPerClass({ subCenters, centersPerClass }: Readonly<Record<string, unknown>>): number {
  return Number(subCenters ?? centersPerClass ?? 1);
}

function classOptions({ classes, embeddingSize }: ClassesToLearn, each: number): object {
  const numClasses = typeof classes === "number" ? classes : classes.length;
  checkEntries(numClasses * each, embeddingSize, {
    what: "the vectors of the classes",
    remedy: "give fewer classes, narrower embeddings, or a loss without a vector a class",
  });
  return { numClasses, embeddingSize, ...(typeof classes !== "number" && { classes }) };
}
