import { Random } from "kindred";
import { InputError } from "../door/inputError.ts";
import type { DataSet } from "./dataSet.ts";
import { part } from "./part.ts";
import { rowsOfClasses } from "./rowsOfClasses.ts";

/** What is kept for evaluation: whole classes, which training never sees, or samples of every class. */
export type HoldOutBy = "class" | "sample";

/** Data in two parts. */
export interface Split {
  readonly train: DataSet;
  readonly test: DataSet;
  readonly by: HoldOutBy;
}

/** The rows of each class. @throws InputError when nothing can be learned from them: one class only, or no two rows of any */
export function classesToTell({ name, labels }: DataSet): number[][] {
  const classes = rowsOfClasses(labels);
  if (classes.length < 2)
    throw new InputError(
      `${name} holds one class only (${JSON.stringify(labels[0])}); things of a kind can be told from others when there are two or more`,
    );
  if (classes.every((rows) => rows.length === 1))
    throw new InputError(
      `each of the ${classes.length} classes of ${name} has one sample; an embedding is learned and judged from classes with two or more. Is this column the label?`,
    );
  return classes;
}

/**
 * Parts data at random into what is trained on and what is evaluated on.
 *
 * @param share of classes (or of each class's samples) that is held out, > 0 and < 1
 * @param by "class", or "sample"; null: by class, where there are at least 4 of 2 samples or more
 * @throws InputError when a part would hold nothing to learn from or to judge by
 */
export function holdOut(data: DataSet, share: number, by: HoldOutBy | null, seed: number): Split {
  const classes = classesToTell(data);
  const evaluable = classes.filter((rows) => rows.length > 1).length;
  const chosen = by ?? (evaluable >= 4 ? "class" : "sample");
  const random = new Random(seed);
  const test = chosen === "class" ? wholeClasses(classes, share, random) : partOfEach(classes, share, random);
  const isTest = new Uint8Array(data.labels.length);
  for (const i of test) isTest[i] = 1;
  const rows = Array.from(isTest.keys());
  const split = {
    train: part(
      data,
      rows.filter((i) => isTest[i] === 0),
    ),
    test: part(
      data,
      rows.filter((i) => isTest[i] === 1),
    ),
    by: chosen,
  };
  if (!hasPair(split.train.labels) || new Set(split.train.labels).size < 2)
    throw new InputError(
      `holding out ${share} leaves ${split.train.labels.length} rows of ${new Set(split.train.labels).size} classes to train on, too few; hold out less`,
    );
  if (!hasPair(split.test.labels))
    throw new InputError(
      `the ${split.test.labels.length} rows held out have no two of one class to judge by; hold out more (--held-out), or samples of every class (--hold-out-by sample)`,
    );
  return split;
}

/** Random classes until their share is reached; two classes at least, one of them with two samples. */
function wholeClasses(classes: readonly number[][], share: number, random: Random): number[] {
  const order = random.shuffle(Int32Array.from(classes.keys()));
  const count = Math.min(classes.length - 1, Math.max(2, Math.round(share * classes.length)));
  return Array.from(order.subarray(0, count)).flatMap((c) => classes[c]);
}

/** Of every class with three samples or more that share, two at least. */
function partOfEach(classes: readonly number[][], share: number, random: Random): number[] {
  return classes.flatMap((rows) => {
    if (rows.length < 3) return [];
    const count = Math.min(rows.length - 1, Math.max(2, Math.round(share * rows.length)));
    return random.shuffle([...rows]).slice(0, count);
  });
}

function hasPair(labels: readonly string[]): boolean {
  return new Set(labels).size < labels.length;
}
