import { describe } from "../../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../../matrix/labels.ts";

/**
 * How relevant a reference is to a query, from their labels: false or 0 when it is not, true or 1 when it is, any positive
 * number when it is more or less so. It is called with the query's label first.
 */
export type LabelComparison<L> = (queryLabel: L, referenceLabel: L) => boolean | number;

/** What the labels say about queries and references. A class is a set of samples with one label. */
export interface Relevance<L> {
  /** The distinct labels of the queries and then of the references. */
  readonly classes: readonly L[];
  readonly queryClass: Int32Array;
  readonly referenceClass: Int32Array;
  /** How relevant a reference of each class is to a query of class `queryClass`; valid until the next call. */
  gains(queryClass: number): Float64Array;
  /** How many references of each class there are. */
  readonly referenceCounts: Uint32Array;
  /** Whether a gain can be other than 0 and 1. */
  readonly isGraded: boolean;
}

/** Samples are relevant to each other when their labels are equal. */
export function equalLabels(queryLabels: Labels, referenceLabels: Labels): Relevance<Label> {
  const query = encodeLabels(queryLabels, "queryLabels");
  const reference = encodeLabels(referenceLabels, "referenceLabels", query.classes);
  const gains = new Float64Array(reference.classes.length);
  let last = 0;
  return {
    classes: reference.classes,
    queryClass: query.codes,
    referenceClass: reference.codes,
    referenceCounts: counts(reference.codes, reference.classes.length),
    isGraded: false,
    gains(queryClass) {
      gains[last] = 0;
      gains[queryClass] = 1;
      last = queryClass;
      return gains;
    },
  };
}

/**
 * Samples are as relevant to each other as a function of their labels says. Labels may be anything; those that are the same
 * value (or the same object) are compared once. The function runs once for each distinct pair of labels.
 *
 * @throws RangeError when the function gives a negative number or NaN
 */
export function comparedLabels<L>(
  queryLabels: ArrayLike<L>,
  referenceLabels: ArrayLike<L>,
  compare: LabelComparison<L>,
): Relevance<L> {
  const classes: L[] = [];
  const classOf = new Map<L, number>();
  const queryClass = Int32Array.from(queryLabels, number);
  const referenceClass = Int32Array.from(referenceLabels, number);
  const referenceCounts = counts(referenceClass, classes.length);
  const gains = new Float64Array(classes.length);
  let last = -1;
  return {
    classes,
    queryClass,
    referenceClass,
    referenceCounts,
    isGraded: true,
    gains(query) {
      if (query === last) return gains;
      for (let c = 0; c < classes.length; c++)
        gains[c] = referenceCounts[c] === 0 ? 0 : gain(classes[query], classes[c]);
      last = query;
      return gains;
    },
  };

  function number(label: L): number {
    const known = classOf.get(label);
    if (known !== undefined) return known;
    classOf.set(label, classes.length);
    return classes.push(label) - 1;
  }

  function gain(a: L, b: L): number {
    const value = Number(compare(a, b));
    if (value >= 0 && value < Infinity) return value;
    throw new RangeError(`labelComparisonFn gave ${describe(value)}; it must give true, false or a finite number >= 0`);
  }
}

function counts(codes: Int32Array, classes: number): Uint32Array {
  const result = new Uint32Array(classes);
  for (const code of codes) result[code]++;
  return result;
}

/** What a query finds relevant, in numbers. */
export interface RelevantCounts {
  /** Of each query: how many references are relevant to it, itself not counted. */
  readonly relevant: Int32Array;
  readonly largest: number;
}

/**
 * Counts the relevant references of each query.
 *
 * @param isIncluded whether reference i is query i, which is then not counted
 */
export function countRelevant<L>(relevance: Relevance<L>, isIncluded: boolean): RelevantCounts {
  const { queryClass, referenceClass, referenceCounts } = relevance;
  const relevant = new Int32Array(queryClass.length);
  const ofClass = new Map<number, { all: number; self: number }>();
  let largest = 0;
  for (let i = 0; i < queryClass.length; i++) {
    let known = ofClass.get(queryClass[i]);
    if (known === undefined) {
      const gains = relevance.gains(queryClass[i]);
      let all = 0;
      if (relevance.isGraded) {
        for (let c = 0; c < gains.length; c++) if (gains[c] > 0) all += referenceCounts[c];
      } else all = referenceCounts[queryClass[i]];
      known = { all, self: isIncluded && gains[referenceClass[i]] > 0 ? 1 : 0 };
      ofClass.set(queryClass[i], known);
    }
    relevant[i] = known.all - known.self;
    largest = Math.max(largest, relevant[i]);
  }
  return { relevant, largest };
}
