import { checkNumber, describe } from "../../matrix/checks.ts";
import { countClasses, encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";

/**
 * How many classes there are of each size. Every formula works on this, so that a million classes cost as many terms as
 * there are distinct sizes: at most sqrt(2 samples).
 */
export interface ClassCounts {
  readonly samples: number;
  readonly classes: number;
  /** The distinct class sizes, ascending, >= 1. */
  readonly sizes: Float64Array;
  /** How many classes have each size. */
  readonly multiplicities: Float64Array;
}

/** Class counts that still know their labels. */
export interface LabelCounts extends ClassCounts {
  /** The label of each class, in order of first appearance. */
  readonly labels: readonly Label[];
  /** How many samples each class has. */
  readonly counts: Uint32Array;
  /** The class of each sample, an index of `labels` and `counts`. */
  readonly codes: Int32Array;
}

/** What is accepted as class counts: what {@link classCounts} gives, or the size of each class. */
export type ClassCountsLike = ClassCounts | ArrayLike<number>;

/**
 * Counts the samples of each class. Ten million labels take about a second when they are whole numbers close together, ten
 * when they are strings.
 *
 * @param labels one label a sample, of any kind
 * @throws TypeError when it is no array or a label is of no label type; RangeError when it is empty or a label is NaN
 */
export function classCounts(labels: Labels): LabelCounts {
  const { codes, classes } = encodeSmallIntegers(labels) ?? encodeLabels(labels, "labels");
  if (codes.length === 0) throw new RangeError("labels is empty; give one label a sample");
  const counts = countClasses(codes, classes.length);
  return { ...compact(counts), labels: classes, counts, codes };
}

/**
 * Checks counts and gives them in the compact form.
 *
 * @throws TypeError when they are no counts; RangeError when there is no class, or a class size is no whole number >= 1
 */
export function toClassCounts(counts: ClassCountsLike): ClassCounts {
  if (typeof counts === "object" && counts !== null && "sizes" in counts) return counts;
  if (!Array.isArray(counts) && !(ArrayBuffer.isView(counts) && "length" in counts))
    throw new TypeError(`counts is ${describe(counts)}; give the size of each class, or classCounts(labels)`);
  const sizes = counts as ArrayLike<number>;
  if (sizes.length === 0) throw new RangeError("counts is empty; give the size of each class, or classCounts(labels)");
  for (let c = 0; c < sizes.length; c++) checkNumber(sizes[c], `counts[${c}]`, { atLeast: 1, integer: true });
  return compact(sizes);
}

/** Whether the counts still know their labels. */
export function knowsLabels(counts: ClassCountsLike): counts is LabelCounts {
  return "codes" in counts;
}

/** The place of each class's size among the sizes, the classes numbered by size. */
export function groupOfEachClass({ sizes, multiplicities, classes }: ClassCounts): Int32Array {
  const groupOf = new Int32Array(classes);
  for (let g = 0, c = 0; g < sizes.length; g++) groupOf.fill(g, c, (c += multiplicities[g]));
  return groupOf;
}

/** The counts of those classes whose size passes; null when none does. */
export function filterSizes(counts: ClassCounts, keep: (size: number) => boolean): ClassCounts | null {
  const kept = [...counts.sizes.keys()].filter((g) => keep(counts.sizes[g]));
  if (kept.length === 0) return null;
  const sizes = Float64Array.from(kept, (g) => counts.sizes[g]);
  return fromGroups(
    sizes,
    Float64Array.from(kept, (g) => counts.multiplicities[g]),
  );
}

/** The compact form of distinct, ascending sizes and how many classes have each. */
export function fromGroups(sizes: Float64Array, multiplicities: Float64Array): ClassCounts {
  const samples = sizes.reduce((sum, size, g) => sum + size * multiplicities[g], 0);
  return { samples, classes: multiplicities.reduce((sum, count) => sum + count, 0), sizes, multiplicities };
}

/** The sum over all classes of a function of their size, called once a distinct size. */
export function sumOverClasses({ sizes, multiplicities }: ClassCounts, term: (size: number) => number): number {
  let sum = 0;
  for (let g = 0; g < sizes.length; g++) sum += multiplicities[g] * term(sizes[g]);
  return sum;
}

function compact(counts: ArrayLike<number>): ClassCounts {
  const sorted = Float64Array.from(counts).sort();
  const sizes: number[] = [];
  const multiplicities: number[] = [];
  for (const size of sorted) {
    if (size === sizes[sizes.length - 1]) multiplicities[multiplicities.length - 1]++;
    else {
      sizes.push(size);
      multiplicities.push(1);
    }
  }
  return fromGroups(Float64Array.from(sizes), Float64Array.from(multiplicities));
}

/** Codes by a table instead of a Map, ten times as fast, where labels are whole numbers close together; else null. */
function encodeSmallIntegers(labels: Labels): { codes: Int32Array; classes: Label[] } | null {
  let [min, max] = [Infinity, -Infinity];
  const n = labels?.length ?? 0;
  for (let i = 0; i < n; i++) {
    const label = labels[i];
    if (typeof label !== "number" || !Number.isInteger(label)) return null;
    if (label < min) min = label;
    if (label > max) max = label;
  }
  if (n === 0 || max - min >= 4 * n + 1024) return null;
  const codeOf = new Int32Array(max - min + 1).fill(-1);
  const codes = new Int32Array(n);
  const classes: Label[] = [];
  for (let i = 0; i < n; i++) {
    const place = (labels[i] as number) - min;
    if (codeOf[place] === -1) codeOf[place] = classes.push(labels[i]) - 1;
    codes[i] = codeOf[place];
  }
  return { codes, classes };
}
