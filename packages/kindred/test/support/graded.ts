import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DoNothingReducer,
  LpDistance,
  LpRegularizer,
  Random,
  type AnglELoss,
  type CoSENTLoss,
  type GradedLossOptions,
} from "../../src/index.ts";
import { describeHostileInputs } from "./hostile.ts";
import { fromRows, type Rows } from "./plain.ts";
import { runs } from "./runs.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "./twin.ts";

/** What the shared tests need to know of a loss on graded pairs. */
interface GradedContract {
  readonly make: (options?: Partial<GradedLossOptions>) => CoSENTLoss | AnglELoss;
  /** How two rows are compared, in the plainest code. */
  readonly similarity: (x: readonly number[], y: readonly number[]) => number;
}

/** Scores of which some are equal. */
function grades(count: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.integer(5) / 4 - 0.5);
}

/** Tests a loss on graded pairs against its equation, with every pair of pairs listed. */
export function describeGradedLoss(name: string, { make, similarity }: GradedContract): void {
  const equation = (x: Rows, y: Rows, scores: readonly number[], scale: number): number => {
    const values = x.map((row, i) => scale * similarity(row, y[i]));
    let sum = 0;
    scores.forEach((high, i) => {
      scores.forEach((low, j) => {
        if (high > low) sum += Math.exp(values[j] - values[i]);
      });
    });
    return Math.log1p(sum);
  };

  function compareOn(x: Rows, y: Rows, scores: number[], scale = 20): void {
    const evaluation = make({ scale, whenSilent: "ignore" }).evaluate(fromRows(x), scores, { reference: fromRows(y) });
    expectTwin(evaluation, { embeddings: x, reference: y }, (moved) =>
      equation(moved.embeddings, moved.reference, scores, scale),
    );
  }

  describe(`${name} equals its brute-force twin in value and slope`, () => {
    it("on scores of which some are equal", () => compareOn(normalRows(12, 6, 1), normalRows(12, 6, 2), grades(12, 3)));
    it("on scores that all differ", () =>
      compareOn(normalRows(9, 4, 4), normalRows(9, 4, 5), [3, 1, -2, 0, 7, 2, 9, 100, 4]));
    for (const scale of [0.1, 1, 100])
      it(`with the scale ${scale}`, () =>
        compareOn(normalRows(7, 4, 6), normalRows(7, 4, 7), [1, 2, 3, 4, 5, 6, 7], scale));
    it("on rows close to each other", () => {
      const rows = normalRows(8, 4, 8);
      const near = rows.map((row) => row.map((x, k) => Math.fround(x + 0.01 * k)));
      compareOn(rows, near, grades(8, 9));
    });
    it("on batches of any shape", { tags: ["long", "drawn"] }, () => {
      const shape = fc.record({
        n: fc.integer({ min: 1, max: 12 }),
        half: fc.integer({ min: 1, max: 4 }),
        seed: fc.integer({ min: 0, max: 1e6 }),
        scale: fc.constantFrom(0.5, 5, 20),
      });
      fc.assert(
        fc.property(shape, ({ n, half, seed, scale }) =>
          compareOn(normalRows(n, 2 * half, seed), normalRows(n, 2 * half, seed + 1), grades(n, seed + 2), scale),
        ),
        { numRuns: runs(60), seed: 7 },
      );
    });
    it("on many pairs", () => {
      const [x, y] = [normalRows(1500, 4, 10), normalRows(1500, 4, 11)];
      const scores = grades(1500, 12);
      const evaluation = make({ scale: 3 }).evaluate(fromRows(x), scores, { reference: fromRows(y) });
      expectTwinAlongSlope(evaluation, x, y, (one, other) => equation(one, other!, scores, 3));
    });
  });

  describeHostileInputs(
    name,
    (options) => make(options),
    (loss, embeddings, labels) => {
      const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
      return loss.evaluate(embeddings, labels as number[], { reference: { ...embeddings, data } });
    },
  );
  describeHostileInputs(
    `${name} of rows with themselves`,
    (options) => make(options),
    (loss, embeddings, labels) => loss.evaluate(embeddings, labels as number[], { reference: embeddings }),
  );

  describe(name, () => {
    const x = normalRows(6, 4, 13);
    const y = normalRows(6, 4, 14);
    const scores = [0.5, 1, 0.5, 0, 0.25, 1];

    it("looks at the order of scores alone", () => {
      const value = (given: number[]): number => make().evaluate(x, given, { reference: y }).value;
      expect(value(scores.map((score) => 1000 * score - 3))).toBe(value(scores));
      expect(value([...scores.map((score) => score ** 3)])).toBe(value(scores));
    });

    it("counts the ordered pairs of pairs as items", () => {
      const { report } = make().evaluate(x, Float32Array.from(scores), { reference: y });
      expect(report).toMatchObject({ status: "learning", anchors: 6, items: 13, activeItems: 13 });
    });

    it("stays finite at scales that overflow an exponential", () => {
      const { value, gradients } = make({ scale: 1e6 }).evaluate(x, scores, { reference: y });
      expect(value).toBeGreaterThan(1000);
      expect(value).toSatisfy(Number.isFinite);
      expect(gradients.embeddings.data.every(Number.isFinite)).toBe(true);
    });

    it("learns nothing from equal scores", () => {
      const { value, gradients, report } = make({ whenSilent: "ignore" }).evaluate(x, [1, 1, 1, 1, 1, 1], {
        reference: y,
      });
      expect([value, report.items, report.status]).toEqual([0, 0, "no-ordered-scores"]);
      expect(gradients.reference!.data.every((slope) => slope === 0)).toBe(true);
    });

    it("hands its value out for a DoNothingReducer, and adds a penalty on the embeddings", () => {
      const plain = make().evaluate(x, scores, { reference: y }).value;
      const { value, subLosses } = make({ reducer: new DoNothingReducer() }).evaluate(x, scores, { reference: y });
      expect([value, ...subLosses!.loss.losses]).toEqual([0, plain]);
      const given = { embeddingRegularizer: new LpRegularizer(), embeddingRegWeight: 3 };
      expect(make(given).evaluate(x, scores, { reference: y }).value).toBeCloseTo(
        plain + 3 * new LpRegularizer().evaluate(x).value,
        5,
      );
    });

    it("has nothing to save, and is not asked for pairs of labels", () => {
      expect(make().state()).toEqual({ kind: name });
      make().load({ kind: name });
      expect(make().needs).toEqual({ positives: false, negatives: false, pairs: false });
    });

    it("refuses what it cannot compare", () => {
      const loss = make();
      expect(() => loss.evaluate(x, scores, {} as never)).toThrow(
        `${name} needs a reference; give what each row of the embeddings is compared with`,
      );
      expect(() => loss.evaluate(x, null as never, { reference: y })).toThrow(
        `${name} needs scores; it was given null, give one number a row`,
      );
      expect(() => loss.evaluate(x, scores.slice(1), { reference: y })).toThrow(
        "scores has 5 entries for 6 rows; give one a row",
      );
      expect(() => loss.evaluate(x, scores, { reference: y.slice(1) })).toThrow(
        "reference has 5 rows, embeddings has 6; row i of one belongs with row i of the other",
      );
      expect(() => loss.evaluate(x, [1, 2, NaN, 4, 5, 6], { reference: y })).toThrow("scores[2] is NaN; give a number");
      expect(() => loss.evaluate(x, [1, 2, 3, "4" as never, 5, 6], { reference: y })).toThrow(
        'scores[3] is "4"; give a number',
      );
      expect(() => loss.evaluate(x, [1, Infinity, 3, 4, 5, 6], { reference: y })).toThrow(/scores\[1\] is Infinity/);
      expect(() => loss.evaluate(x, scores, { reference: y, referenceLabels: scores } as never)).toThrow(
        `${name} takes no referenceLabels; leave it out`,
      );
      const tuples = { anchors: [0], positives: [1], negatives: [2] };
      expect(() => loss.evaluate(x, scores, { reference: y, tuples } as never)).toThrow(
        /takes no tuples, .*; leave them out/,
      );
      expect(() => make({ distance: new LpDistance() } as object)).toThrow(
        `${name} has no option "distance"; known: reducer, `,
      );
      expect(() => make({ scale: 0 })).toThrow("scale is 0; give a finite number > 0");
    });
  });
}
