import { checkList, checkNumber, checkOneOf, describe } from "../../matrix/checks.ts";
import { orderByClass } from "../../matrix/classOrder.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import { Random } from "../../matrix/random.ts";

/** What is kept from training: whole classes, as when new classes will come; or rows of every class. */
export type HeldBy = "class" | "sample";

/** Rows in three parts, ascending: to train on, to choose by, to judge by. No row is in two. */
export interface HeldParts {
  readonly by: HeldBy;
  readonly train: Int32Array;
  readonly choose: Int32Array;
  readonly judge: Int32Array;
}

/** How data are parted. */
export interface HoldOutOptions {
  /** null: by class, where there are at least 12 of two rows or more. */
  readonly by: HeldBy | null;
  /** Share that is kept to judge by, > 0 and < 1. */
  readonly judgeShare: number;
  /** Share of the rest that is kept to choose by, > 0 and < 1. */
  readonly chooseShare: number;
  readonly seed: number;
}

/** Classes of two rows or more from which on whole classes are held out. */
const ENOUGH_CLASSES = 12;

/**
 * Parts rows at random. By class, whole classes of two rows or more are held out; classes of one row are trained on. By sample, rows
 * of each class of three or more are.
 *
 * @throws RangeError when a part would hold nothing to learn from or to judge by
 */
export function holdOutParts(labels: Labels, { by, judgeShare, chooseShare, seed }: HoldOutOptions): HeldParts {
  for (const [name, share] of Object.entries({ judgeShare, chooseShare }))
    checkNumber(share, name, { above: 0, below: 1 });
  const { codes, classes } = encodeLabels(labels, "labels");
  const { order, starts } = orderByClass(codes, classes.length);
  const rowsOf = classes.map((_, c) => order.subarray(starts[c], starts[c + 1]));
  const random = new Random(seed);
  const paired = rowsOf.filter((rows) => rows.length >= 2).length;
  const chosen = by ?? (paired >= ENOUGH_CLASSES ? "class" : "sample");
  const parts =
    chosen === "class"
      ? byClass(rowsOf, judgeShare, chooseShare, random)
      : bySample(rowsOf, judgeShare, chooseShare, random);
  return { by: chosen, ...parts };
}

/** @throws TypeError, RangeError unless they are three parts of so many rows, none of them empty and none in two */
export function checkParts(parts: HeldParts, rows: number): void {
  if (typeof parts !== "object" || parts === null)
    throw new TypeError(`parts is ${describe(parts)}; give what holdOutParts returned, or null`);
  checkOneOf(parts.by, "parts.by", ["class", "sample"]);
  const partOf = new Array<string | undefined>(rows);
  for (const name of ["train", "choose", "judge"] as const) {
    checkList(parts[name], `parts.${name}`, "numbers of rows");
    if (parts[name].length < 2)
      throw new RangeError(`parts.${name} has ${parts[name].length} rows; each part needs two or more`);
    for (const row of parts[name]) {
      checkNumber(row, `a row of parts.${name}`, { atLeast: 0, below: rows, integer: true });
      if (partOf[row] !== undefined)
        throw new RangeError(`row ${row} is in parts.${partOf[row]} and in parts.${name}; a row belongs to one part`);
      partOf[row] = name;
    }
  }
}

type Parts = Omit<HeldParts, "by">;

function byClass(rowsOf: readonly Int32Array[], judgeShare: number, chooseShare: number, random: Random): Parts {
  const isPaired = (c: number): boolean => rowsOf[c].length >= 2;
  const codes = Array.from(rowsOf.keys());
  const paired = random.shuffle(codes.filter(isPaired));
  const judged = atLeast(2, judgeShare * paired.length);
  const choosing = atLeast(2, chooseShare * (paired.length - judged));
  if (paired.length < judged + choosing + 2)
    throw new RangeError(
      `${paired.length} classes have two rows or more; to train, to choose and to judge by whole classes needs 6: give more, or hold out samples`,
    );
  const rowsOfAll = (some: readonly number[]): Int32Array => ascending(some.map((c) => rowsOf[c]));
  return {
    judge: rowsOfAll(paired.slice(0, judged)),
    choose: rowsOfAll(paired.slice(judged, judged + choosing)),
    train: rowsOfAll([...paired.slice(judged + choosing), ...codes.filter((c) => !isPaired(c))]),
  };
}

function bySample(rowsOf: readonly Int32Array[], judgeShare: number, chooseShare: number, random: Random): Parts {
  const [judge, choose, train]: Int32Array[][] = [[], [], []];
  for (const rows of rowsOf) {
    const shuffled = random.shuffle(rows.slice());
    // two stay to train on, so that the class has a positive pair
    const spare = Math.max(0, rows.length - 2);
    const judged = Math.min(spare, Math.round(judgeShare * rows.length));
    const choosing = Math.min(spare - judged, Math.round(chooseShare * (rows.length - judged)));
    judge.push(shuffled.subarray(0, judged));
    choose.push(shuffled.subarray(judged, judged + choosing));
    train.push(shuffled.subarray(judged + choosing));
  }
  const parts = { judge: ascending(judge), choose: ascending(choose), train: ascending(train) };
  if (parts.judge.length < 2 || parts.choose.length < 2)
    throw new RangeError(
      "too few classes have rows to spare: to train, to choose and to judge by samples needs classes of four rows or more",
    );
  return parts;
}

function atLeast(least: number, count: number): number {
  return Math.max(least, Math.round(count));
}

function ascending(groups: readonly Int32Array[]): Int32Array {
  return Int32Array.from(groups.flatMap((rows) => Array.from(rows))).sort();
}
