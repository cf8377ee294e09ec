import type { Relevance } from "./relevance.ts";

/** Examples kept of a pair of classes. */
const MOST_EXAMPLES = 3;

/** Two classes that are taken for one another: the nearest reference of a query of the one is of the other. */
export interface Confusion<L> {
  /** The class that is taken for the other more often, and the other. */
  readonly labels: readonly [L, L];
  /** How many queries of the first class are taken for the second, and of the second for the first. */
  readonly taken: readonly [number, number];
  /** How many queries of each class were evaluated. */
  readonly queries: readonly [number, number];
  /** At most three queries that were taken wrongly, by their rows, and the reference nearest to each. */
  readonly examples: readonly ConfusedQuery[];
}

/** A query whose nearest reference is not of its class. */
export interface ConfusedQuery {
  readonly query: number;
  readonly reference: number;
}

/** A pair of classes, the lower number first, while it is counted. */
interface Count {
  readonly classes: readonly [number, number];
  readonly taken: [number, number];
  readonly examples: ConfusedQuery[];
}

/**
 * Which classes are taken for one another, in one pass over the queries and memory for the pairs that occur: those confused most
 * often first, and of equally many the pair of the earlier query.
 *
 * @param rows the queries that are evaluated, ascending
 * @param nearest the nearest reference of each query; -1 where there is none
 */
export function confusedClasses<L>(relevance: Relevance<L>, rows: Int32Array, nearest: Int32Array): Confusion<L>[] {
  const { classes, queryClass, referenceClass } = relevance;
  const queries = new Uint32Array(classes.length);
  const counts = new Map<number, Count>();
  for (const query of rows) {
    const own = queryClass[query];
    queries[own]++;
    const reference = nearest[query];
    if (reference < 0) continue;
    const other = referenceClass[reference];
    if (relevance.gains(own)[other] > 0) continue;
    const { classes: pair, taken, examples } = countOf(counts, own, other, classes.length);
    taken[own === pair[0] ? 0 : 1]++;
    if (examples.length < MOST_EXAMPLES) examples.push({ query, reference });
  }
  const total = ({ taken: [there, back] }: Count): number => there + back;
  return [...counts.values()]
    .sort((a, b) => total(b) - total(a))
    .map(({ classes: [a, b], taken: [there, back], examples }) => ({
      labels: there >= back ? [classes[a], classes[b]] : [classes[b], classes[a]],
      taken: there >= back ? [there, back] : [back, there],
      queries: there >= back ? [queries[a], queries[b]] : [queries[b], queries[a]],
      examples,
    }));
}

function countOf(counts: Map<number, Count>, own: number, other: number, classCount: number): Count {
  const pair = [Math.min(own, other), Math.max(own, other)] as const;
  // below 2^53 for any two numbers of labels
  const key = pair[0] * classCount + pair[1];
  const known = counts.get(key);
  if (known !== undefined) return known;
  const fresh: Count = { classes: pair, taken: [0, 0], examples: [] };
  counts.set(key, fresh);
  return fresh;
}
