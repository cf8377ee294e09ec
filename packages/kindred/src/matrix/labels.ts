import { checkList, describe } from "./checks.ts";

/** The class of one sample: a number (gaps and huge values are welcome), a string, a bigint or a boolean. */
export type Label = number | string | bigint | boolean;

/** One label a sample: any array, typed or not. */
export type Labels = ArrayLike<Label>;

/** Labels as small whole numbers. */
export interface EncodedLabels {
  /** The class of each sample, 0 .. classes.length - 1. */
  readonly codes: Int32Array;
  /** The label of each class, in order of first appearance. */
  readonly classes: readonly Label[];
}

/**
 * Numbers the distinct labels in order of their first appearance. Labels are equal when `Object.is` says so, except
 * that 0 and -0 are one: `1` and `"1"` are two classes.
 *
 * @param labels one label a sample
 * @param known classes already numbered (of the batch, when the labels are the references'), continued from
 * @throws TypeError when it is no array, or a label is of no label type; RangeError when a label is NaN
 */
export function encodeLabels(labels: Labels, name: string, known: readonly Label[] = []): EncodedLabels {
  checkLabels(labels, name);
  const classes = [...known];
  const codeOf = new Map<Label, number>(classes.map((label, code) => [label, code]));
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    let code = codeOf.get(label);
    if (code === undefined) {
      checkLabel(label, i, name);
      code = classes.length;
      codeOf.set(label, code);
      classes.push(label);
    }
    codes[i] = code;
  }
  return { codes, classes };
}

/** How many samples each class has: entry `c` counts the codes equal to `c`. */
export function countClasses(codes: Int32Array, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (const code of codes) counts[code]++;
  return counts;
}

/** Refuses what is no list of labels; the labels themselves are looked at by {@link encodeLabels}. @throws TypeError */
export function checkLabels(labels: unknown, name: string): void {
  checkList(labels, name, "one label a row");
}

function checkLabel(label: unknown, i: number, name: string): void {
  if (Number.isNaN(label)) throw new RangeError(`${name}[${i}] is NaN; every row needs a label, or leave the row out`);
  if (!["number", "string", "bigint", "boolean"].includes(typeof label))
    throw new TypeError(`${name}[${i}] is ${describe(label)}; a label is a number, a string, a bigint or a boolean`);
}
