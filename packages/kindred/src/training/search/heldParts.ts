import { checkList, checkNumber, checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
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

/** Options of {@link holdOutParts}. */
export interface HoldOutOptions {
  /** What is held out; default null: classes, where there are at least 12 of two rows or more. */
  readonly by?: HeldBy | null;
  /** Share that is kept to judge by, > 0 and < 1; default 0.3. */
  readonly judgeShare?: number;
  /**
   * Share of the rest that is kept to choose by, > 0 and < 1. Default null: a quarter; of whole classes so many that there are 60,
   * where that is more than a quarter and no more than two fifths: few classes choose badly.
   */
  readonly chooseShare?: number | null;
  /** One a row: rows of one group, such as pictures of one scene, never stand in two parts. Default null: each row by itself. */
  readonly groups?: Labels | null;
  /** Default 0. */
  readonly seed?: number;
}

const defaults: Required<HoldOutOptions> = { by: null, judgeShare: 0.3, chooseShare: null, groups: null, seed: 0 };

/** Classes of two rows or more from which on whole classes are held out. */
const ENOUGH_CLASSES = 12;
/** The usual share of the rows that choose. */
const CHOOSE_SHARE = 0.25;
/** The largest share of the classes that choose where nothing is said, and the number of them that is enough. */
const LARGEST_CHOOSE_SHARE = 0.4;
const ENOUGH_CHOOSING = 60;

/**
 * Parts rows at random. By class, whole classes of two rows or more are held out, with all classes that share a group with
 * them; classes of one row are trained on. By sample, rows of each class of three or more are, or with groups whole groups.
 *
 * @throws TypeError, RangeError when an option is unknown or out of bounds, there is not one group a row, or a part would hold
 *   nothing to learn from or to judge by
 */
export function holdOutParts(labels: Labels, options: HoldOutOptions = {}): HeldParts {
  const { by, judgeShare, chooseShare, groups, seed } = withDefaults(options, defaults, "holdOutParts");
  for (const [name, share] of Object.entries({ judgeShare, chooseShare }))
    if (share !== null) checkNumber(share, name, { above: 0, below: 1 });
  if (by !== null) checkOneOf(by, "by", ["class", "sample"]);
  const rowsOf = rowsOfEach(labels, "labels");
  const grouped = groups === null ? null : rowsOfEach(groups, "groups");
  if (groups !== null && groups.length !== labels.length)
    throw new RangeError(`groups has ${groups.length} entries for ${labels.length} labels; each row needs one group`);
  const random = new Random(seed);
  const paired = rowsOf.filter((rows) => rows.length >= 2).length;
  const chosen = by ?? (paired >= ENOUGH_CLASSES ? "class" : "sample");
  const shares = { judgeShare, chooseShare };
  if (chosen === "class") return { by: chosen, ...byClass(tiedClasses(rowsOf, grouped), shares, random) };
  return { by: chosen, ...(grouped === null ? bySample(rowsOf, shares, random) : byGroup(grouped, shares, random)) };
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

interface Shares {
  readonly judgeShare: number;
  /** null: as suits. */
  readonly chooseShare: number | null;
}

/** @param tied classes that cannot be parted from one another, each with its rows */
function byClass(tied: readonly (readonly Int32Array[])[], { judgeShare, chooseShare }: Shares, random: Random): Parts {
  const pairedIn = (classes: readonly Int32Array[]): number => classes.filter((rows) => rows.length >= 2).length;
  const total = sum(tied.map(pairedIn));
  const judged = atLeast(2, judgeShare * total);
  const choosing = atLeast(2, choosingOf(total - judged, chooseShare));
  const parts: Record<keyof Parts, Int32Array[]> = { judge: [], choose: [], train: [] };
  const counts = { judge: 0, choose: 0, train: 0 };
  for (const k of random.shuffle(Int32Array.from(tied.keys()))) {
    const classes = tied[k];
    const paired = pairedIn(classes);
    const name =
      paired === 0 ? "train" : counts.judge < judged ? "judge" : counts.choose < choosing ? "choose" : "train";
    counts[name] += paired;
    parts[name].push(...classes);
  }
  if (counts.judge < 2 || counts.choose < 2 || counts.train < 2)
    throw new RangeError(
      `${total} classes have two rows or more; to train, to choose and to judge by whole classes needs 6${tied.length < total ? ", which no groups tie together" : ""}: give more, or hold out samples`,
    );
  return allAscending(parts);
}

/** How many of so many classes choose. */
function choosingOf(classes: number, share: number | null): number {
  if (share !== null) return share * classes;
  return Math.min(LARGEST_CHOOSE_SHARE * classes, Math.max(CHOOSE_SHARE * classes, ENOUGH_CHOOSING));
}

/** The classes, those together that groups tie: two classes are tied by a group that has rows of both. */
function tiedClasses(rowsOf: readonly Int32Array[], grouped: readonly Int32Array[] | null): Int32Array[][] {
  const classOf = new Map<number, number>();
  rowsOf.forEach((rows, c) => rows.forEach((row) => classOf.set(row, c)));
  const leader = Int32Array.from(rowsOf.keys());
  const find = (c: number): number => {
    while (leader[c] !== c) c = leader[c] = leader[leader[c]];
    return c;
  };
  for (const rows of grouped ?? [])
    for (const row of rows) leader[find(classOf.get(row)!)] = find(classOf.get(rows[0])!);
  const tied = new Map<number, Int32Array[]>();
  rowsOf.forEach((rows, c) => tied.set(find(c), [...(tied.get(find(c)) ?? []), rows]));
  return [...tied.values()];
}

/** Whole groups, until a part has its share of the rows. */
function byGroup(grouped: readonly Int32Array[], shares: Shares, random: Random): Parts {
  const { judgeShare, chooseShare } = withUsualShare(shares);
  const total = sum(grouped.map((rows) => rows.length));
  const judged = judgeShare * total;
  const choosing = chooseShare * (total - judged);
  const parts: Record<keyof Parts, Int32Array[]> = { judge: [], choose: [], train: [] };
  const counts = { judge: 0, choose: 0, train: 0 };
  for (const k of random.shuffle(Int32Array.from(grouped.keys()))) {
    const rows = grouped[k];
    const name = counts.judge < judged ? "judge" : counts.choose < choosing ? "choose" : "train";
    counts[name] += rows.length;
    parts[name].push(rows);
  }
  if (parts.train.length === 0 || parts.choose.length === 0)
    throw new RangeError(`${grouped.length} groups are too few to train, to choose and to judge by; give more`);
  return allAscending(parts);
}

function bySample(rowsOf: readonly Int32Array[], shares: Shares, random: Random): Parts {
  const { judgeShare, chooseShare } = withUsualShare(shares);
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

function withUsualShare({ judgeShare, chooseShare }: Shares): {
  readonly judgeShare: number;
  readonly chooseShare: number;
} {
  return { judgeShare, chooseShare: chooseShare ?? CHOOSE_SHARE };
}

/** The rows of each label, in the order of their first rows. */
function rowsOfEach(labels: Labels, name: string): Int32Array[] {
  const { codes, classes } = encodeLabels(labels, name);
  const { order, starts } = orderByClass(codes, classes.length);
  return classes.map((_, c) => order.subarray(starts[c], starts[c + 1]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function atLeast(least: number, count: number): number {
  return Math.max(least, Math.round(count));
}

function allAscending({ judge, choose, train }: Record<keyof Parts, Int32Array[]>): Parts {
  return { judge: ascending(judge), choose: ascending(choose), train: ascending(train) };
}

function ascending(groups: readonly Int32Array[]): Int32Array {
  return Int32Array.from(groups.flatMap((rows) => Array.from(rows))).sort();
}
