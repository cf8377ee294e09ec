import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AccuracyCalculator } from "../../../src/evaluation/accuracy/accuracyCalculator.ts";
import type { Confusion } from "../../../src/evaluation/accuracy/confusions.ts";
import type { MetricName } from "../../../src/evaluation/accuracy/metricNames.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import { rawEuclidean } from "../fixtures.ts";
import { gridMatrix, normalMatrix, rankedReferences } from "../fixtures.ts";

/** The confusions in the plainest code: each query's nearest reference, counted in every pair of classes there is. */
function plainConfusions(
  query: ReturnType<typeof normalMatrix>,
  labels: number[],
  isRelevant: (a: number, b: number) => boolean,
): Confusion<number>[] {
  const rows = labels.map((_, i) => i);
  const evaluated = rows.filter((i) => rows.some((j) => j !== i && isRelevant(labels[i], labels[j])));
  const wrong = evaluated
    .map((i) => ({ query: i, reference: rankedReferences(query, i, query, i)[0] }))
    .filter((pair) => !isRelevant(labels[pair.query], labels[pair.reference]));
  const classes = [...new Set(labels)];
  const pairs = classes.flatMap((a, k) => classes.slice(k).map((b) => [a, b] as const));
  return pairs
    .map(([a, b]) => {
      const from = (one: number, other: number) =>
        wrong.filter((pair) => labels[pair.query] === one && labels[pair.reference] === other);
      const [there, back] = [from(a, b), a === b ? [] : from(b, a)];
      const all = [...there, ...back].sort((x, y) => x.query - y.query);
      const size = (label: number) => evaluated.filter((i) => labels[i] === label).length;
      const order = there.length >= back.length ? ([a, b] as const) : ([b, a] as const);
      const taken = [there.length, back.length].sort((x, y) => y - x) as [number, number];
      return { labels: order, taken, queries: [size(order[0]), size(order[1])] as const, all };
    })
    .filter(({ all }) => all.length > 0)
    .sort((x, y) => y.all.length - x.all.length || x.all[0].query - y.all[0].query)
    .map(({ all, ...rest }) => ({ ...rest, examples: all.slice(0, 3) }));
}

const scenes = gridMatrix(45).chain((query) =>
  fc.record({
    query: fc.constant(query),
    labels: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: query.rows, maxLength: query.rows }),
    // precision@1 collects neighbours, the whole average precision counts ranks
    name: fc.constantFrom("precisionAt1" as const, "meanAveragePrecision" as const, "NMI" as const),
  }),
);

describe("the classes taken for one another", () => {
  test("are those of the nearest neighbours looked for one by one", { tags: ["long"] }, () => {
    fc.assert(
      fc.property(scenes, ({ query, labels, name }) => {
        const calculator = new AccuracyCalculator<number, MetricName>({
          include: [name],
          returnConfusions: true,
          distance: rawEuclidean,
        });
        expect(calculator.getAccuracy({ query, queryLabels: labels }).confusions).toEqual(
          plainConfusions(query, labels, (a, b) => a === b),
        );
      }),
    );
  });

  test("are those a comparison of labels calls unlike", { tags: ["long"] }, () => {
    const isRelevant = (a: number, b: number) => Math.abs(a - b) < 2;
    fc.assert(
      fc.property(scenes, ({ query, labels }) => {
        const calculator = new AccuracyCalculator<number, MetricName>({
          include: ["precisionAt1"],
          labelComparisonFn: isRelevant,
          distance: rawEuclidean,
          returnConfusions: true,
        });
        expect(calculator.getAccuracy({ query, queryLabels: labels }).confusions).toEqual(
          plainConfusions(query, labels, isRelevant),
        );
      }),
    );
  });

  test("are told with the rows of queries and references", () => {
    const calculator = new AccuracyCalculator<string, MetricName>({
      include: ["precisionAt1"],
      distance: rawEuclidean,
      returnConfusions: true,
    });
    const { confusions } = calculator.getAccuracy({
      query: [[0], [10], [11]],
      queryLabels: ["cat", "cat", "dog"],
      reference: [[1], [9], [30]],
      referenceLabels: ["cat", "dog", "dog"],
    });
    expect(confusions).toEqual([
      { labels: ["cat", "dog"], taken: [1, 0], queries: [2, 1], examples: [{ query: 1, reference: 1 }] },
    ]);
  });

  test("are as many queries as precision@1 lacks, and the same through an index", () => {
    const input = { query: normalMatrix(300, 3), queryLabels: Array.from({ length: 300 }, (_, i) => i % 5) };
    const options = { include: ["precisionAt1"] as const, returnConfusions: true };
    const { metrics, confusions, evaluated } = new AccuracyCalculator<number, MetricName>(options).getAccuracy(input);
    const wrong = confusions!.reduce((sum, { taken }) => sum + taken[0] + taken[1], 0);
    expect(wrong).toBe(Math.round((1 - metrics.precisionAt1!) * evaluated));
    const indexed = new AccuracyCalculator<number, MetricName>({
      ...options,
      knnFunc: (reference) => ({ size: reference.rows, search: (q, k) => nearestNeighbours(q, reference, k) }),
    });
    expect(indexed.getAccuracy(input).confusions).toEqual(confusions);
  });

  test("are none where no query can be evaluated, and are not told unasked", () => {
    const calculator = new AccuracyCalculator({ returnConfusions: true });
    expect(calculator.getAccuracy({ query: [[0], [1]], queryLabels: [1, 2] }).confusions).toEqual([]);
    expect(new AccuracyCalculator().getAccuracy({ query: [[0]], queryLabels: [1] })).not.toHaveProperty("confusions");
  });
});
