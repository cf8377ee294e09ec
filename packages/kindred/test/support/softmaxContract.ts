import { describe, expect, it } from "vitest";
import { Random, type Distance, type Label, type SoftmaxLoss, type SoftmaxLossOptions } from "../../src/index.ts";
import { sampleClasses } from "../../src/losses/logits/classChoice.ts";
import {
  describeClassificationLoss,
  expectSlopes,
  letters,
  type ClassificationContract,
} from "./classificationContract.ts";
import { scene } from "./lossContract.ts";
import { numericSlope, toRows, type Rows } from "./plain.ts";

/** The logits of one embedding, before and without the scale. */
interface TwinLogits {
  readonly values: readonly number[];
  readonly scale: number;
}

type SoftmaxTwin = (
  embedding: number[],
  /** The vectors of each class. */
  vectors: readonly Rows[],
  distance: Distance,
  /** The own class, which has the margin; null: none has it. */
  target: number | null,
) => TwinLogits;

interface SoftmaxContract extends Omit<ClassificationContract, "make" | "twin"> {
  readonly make: (options: SoftmaxLossOptions) => SoftmaxLoss;
  readonly logits: SoftmaxTwin;
  /** Whether getLogits multiplies by the scale. Default true. */
  readonly hasScaledLogits?: boolean;
}

/** Tests a softmax over class vectors against its twin, and what all of them share. */
export function describeSoftmaxLoss(name: string, contract: SoftmaxContract): void {
  describeClassificationLoss(name, {
    ...contract,
    twin: ({ rows, vectors, codes, weights, distance }) => ({
      loss: {
        labels: codes.map((code) => letters[code]),
        items: rows.map((row, anchor) => {
          const grouped = groupByClass(vectors, 4);
          return { anchor, loss: weights[anchor] * crossEntropy(row, grouped, distance, codes[anchor], [0, 0, 0, 0]) };
        }),
      },
    }),
  });

  const { rows, labels } = scene({ n: 7, d: 4, seed: 9 });
  const codes = labels.map((label) => letters.indexOf(label));

  describe(`${name} as a softmax`, () => {
    it("has the loss 0 and no slope with a single class", () => {
      const loss = contract.make({ numClasses: 1, embeddingSize: 4, whenSilent: "ignore" });
      const { value, gradients } = loss.evaluate(rows, new Int32Array(7));
      expect(value).toBe(0);
      expect(gradients.embeddings.data.some((slope) => Math.abs(slope) > 0)).toBe(false);
    });

    it("keeps the digits of a loss near 0", () => {
      const far = contract.make({ numClasses: 4, embeddingSize: 4, whenSilent: "ignore", seed: 3 });
      const vectors = groupByClass(vectorsOf(far), 4);
      const embedding = vectors[1][0].map((x) => Math.fround(x * 30));
      const expected = crossEntropy(embedding, vectors, far.distance, 1, [0, 0, 0, 0]);
      const { value } = far.evaluate([embedding], [1]);
      expect(Math.abs(value - expected)).toBeLessThan(1e-3 * expected + 1e-12);
    });

    it("gives logits of all classes, without the margin", () => {
      const loss = contract.make({ numClasses: 4, embeddingSize: 4, seed: 4 });
      const { data, rows: count, cols } = loss.getLogits(rows);
      expect([count, cols]).toEqual([7, 4]);
      const vectors = groupByClass(vectorsOf(loss), 4);
      rows.forEach((row, i) => {
        const { values, scale } = contract.logits(row, vectors, loss.distance, null);
        values.forEach((value, c) => {
          const expected = (contract.hasScaledLogits ?? true) ? scale * value : value;
          expect(Math.abs(data[i * 4 + c] - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
        });
      });
      expect(() => loss.getLogits([[1, 2]])).toThrow(/2 columns/);
    });

    it("multiplies each loss by the weight of its class, from a list or a Map", () => {
      const weights = [0.5, 2, 0, 1.25];
      const options = { numClasses: 4, embeddingSize: 4, classes: letters, seed: 4 };
      const byLabel = new Map(letters.map((label, code) => [label, weights[code]]));
      const listed = contract.make({ ...options, classWeights: weights }).evaluate(rows, labels);
      expect(contract.make({ ...options, classWeights: byLabel }).evaluate(rows, labels)).toEqual(listed);
      const loss = contract.make(options);
      const vectors = vectorsOf(loss);
      const twin = (given: Rows, of: Rows): number =>
        given.reduce((sum, row, i) => {
          const own = crossEntropy(row, groupByClass(of, 4), loss.distance, codes[i], [0, 0, 0, 0]);
          return sum + (weights[codes[i]] * own) / given.length;
        }, 0);
      expect(Math.abs(listed.value - twin(rows, vectors))).toBeLessThan(2e-4 * Math.max(1, listed.value));
      expectSlopes(
        listed.gradients.embeddings,
        numericSlope(rows, (moved) => twin(moved, vectors)),
      );
    });

    it("refuses class weights that do not fit", () => {
      const make = (classWeights: unknown): SoftmaxLoss =>
        contract.make({ numClasses: 4, embeddingSize: 4, classes: letters, classWeights: classWeights as number[] });
      expect(() => make([1, 2, 3])).toThrow(/3 entries for 4 classes/);
      expect(() => make([1, 2, 3, -1])).toThrow(RangeError);
      expect(() => make([1, 2, 3, NaN])).toThrow(TypeError);
      expect(() => make(new Map<Label, number>([["a", 1]]))).toThrow(/"b"/);
      expect(() => make(3)).toThrow(TypeError);
    });
  });

  describe(`${name} with sampled classes`, () => {
    const classCount = 30;
    const given = { numClasses: classCount, embeddingSize: 4, whenSilent: "ignore", seed: 2 } as const;
    const few = [3, 3, 17, 29, 17, 8, 3];

    it("is the full loss when all classes fit", () => {
      const full = contract.make(given).evaluate(rows, few);
      for (const sampledClasses of [26, 30, 1000])
        expect(contract.make({ ...given, sampledClasses }).evaluate(rows, few)).toEqual(full);
    });

    it("equals its twin on the classes drawn, in value and slopes", () => {
      const loss = contract.make({ ...given, sampledClasses: 5 });
      const random = Random.restore(loss.state().sampler as number[]);
      const { classes, targets, exact, correction } = sampleClasses(Int32Array.from(few), classCount, 5, random);
      expect([exact, classes!.length]).toEqual([4, 9]);
      const { value, gradients } = loss.evaluate(rows, few);
      const all = vectorsOf(loss);
      const perClass = all.length / classCount;
      const corrections = Array.from(classes!, (_, place) => (place < exact ? 0 : correction));
      const twin = (moved: Rows, vectors: Rows): number => {
        const grouped = groupByClass(vectors, classCount);
        const chosen = Array.from(classes!, (code) => grouped[code]);
        return (
          moved.reduce((sum, row, i) => sum + crossEntropy(row, chosen, loss.distance, targets[i], corrections), 0) / 7
        );
      };
      expect(Math.abs(value - twin(rows, all))).toBeLessThan(2e-4 * Math.max(1, value));
      expectSlopes(
        gradients.embeddings,
        numericSlope(rows, (moved) => twin(moved, all)),
      );
      const slopes = numericSlope(all, (vectors) => twin(rows, vectors));
      const turned = contract.layout === "rows" ? slopes : slopes[0].map((_, k) => slopes.map((slope) => slope[k]));
      expectSlopes(gradients.parameters[contract.parameter], turned);
      slopes.forEach((slope, vector) => {
        if (!classes!.includes(Math.floor(vector / perClass))) expect(slope.every((x) => x === 0)).toBe(true);
      });
    });

    it("has the sum over all classes right on average", () => {
      const [row] = rows;
      const own = 3;
      const exact = contract.make(given);
      const loss = contract.make({ ...given, sampledClasses: 10 });
      // e^loss = (own + rivals) / own is linear in the sum
      const draws = Array.from({ length: 400 }, () => Math.expm1(loss.evaluate([row], [own]).value));
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
      const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
      const expected = Math.expm1(exact.evaluate([row], [own]).value);
      expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / draws.length) + 1e-3 * expected);
    });

    it("draws anew at each call, the same from the same seed, and goes on from a saved state", () => {
      const loss = contract.make({ ...given, sampledClasses: 3 });
      const twin = contract.make({ ...given, sampledClasses: 3 });
      const values = [0, 1, 2].map(() => loss.evaluate(rows, few).value);
      expect(new Set(values).size).toBe(3);
      expect(twin.evaluate(rows, few).value).toBe(values[0]);
      const state = structuredClone(twin.state());
      const later = contract.make({ ...given, seed: 77, sampledClasses: 3 });
      later.load(state);
      expect(later.evaluate(rows, few).value).toBe(values[1]);
      expect(() => later.load(contract.make(given).state())).toThrow(/sampler/);
    });

    it("refuses a number that is no count", () => {
      for (const sampledClasses of [0, 1.5, -3])
        expect(() => contract.make({ ...given, sampledClasses })).toThrow(RangeError);
    });
  });

  function vectorsOf(loss: SoftmaxLoss): Rows {
    const all = toRows(loss.parameters[contract.parameter]);
    return contract.layout === "rows" ? all : all[0].map((_, c) => all.map((row) => row[c]));
  }

  function crossEntropy(
    row: number[],
    vectors: readonly Rows[],
    distance: Distance,
    target: number,
    corrections: readonly number[],
  ): number {
    const { values, scale } = contract.logits(row, vectors, distance, target);
    const logits = values.map((value, c) => scale * value + corrections[c]);
    const rivals = logits.filter((_, c) => c !== target).map((logit) => logit - logits[target]);
    const top = Math.max(0, ...rivals);
    const sum = rivals.reduce((total, x) => total + Math.exp(x - top), 0);
    return top === 0 ? Math.log1p(sum) : top + Math.log(sum + Math.exp(-top));
  }
}

function groupByClass(vectors: Rows, classes: number): Rows[] {
  const perClass = vectors.length / classes;
  return Array.from({ length: classes }, (_, c) => vectors.slice(c * perClass, (c + 1) * perClass));
}
