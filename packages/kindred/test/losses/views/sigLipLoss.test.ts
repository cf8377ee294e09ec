import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Adam,
  CosineSimilarity,
  CrossBatchMemory,
  DivisorReducer,
  DoNothingReducer,
  DotProductSimilarity,
  MeanReducer,
  Random,
  SelfSupervisedLoss,
  SigLIPLoss,
  SumReducer,
  type Distance,
  type Label,
  type Reducer,
} from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allDistances, allReducers, describeLossContract } from "../../support/lossContract.ts";
import { fromRows, itemsOfAnchors, plainDistances, plainPairs, plainReduce, type Rows } from "../../support/plain.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

const start = { tPrime: Math.log(10), bias: -10 };

const softplus = (x: number): number => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));

describeLossContract("SigLIPLoss", {
  make: (options) => new SigLIPLoss({ ...options, tPrime: 0.5, bias: -1 }),
  twin: ({ distances, isInverted, positives, negatives }) => {
    const scale = (isInverted ? 1 : -1) * Math.exp(Math.fround(0.5));
    const isPositive = new Set(positives.map(([a, j]) => `${a} ${j}`));
    const others = negatives.filter(([a, j]) => !isPositive.has(`${a} ${j}`));
    return {
      loss: {
        kind: "element",
        items: itemsOfAnchors(
          distances,
          positives,
          others,
          (near, far) =>
            near.reduce((sum, { value }) => sum + softplus(-(scale * value - 1)), 0) +
            far.reduce((sum, { value }) => sum + softplus(scale * value - 1), 0),
        ),
      },
    };
  },
});

interface Given {
  readonly embeddings: Rows;
  readonly reference: Rows | null;
  readonly labels?: readonly Label[] | null;
  readonly tPrime?: number;
  readonly bias?: number;
  readonly distance?: Distance;
  readonly reducer?: Reducer;
}

function letters(count: number, seed: number): Label[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => "abcd"[random.integer(4)]);
}

describe("SigLIPLoss equals its brute-force twin in value and slope, parameters with them", () => {
  function compareOn(given: Given): void {
    const {
      embeddings,
      reference,
      labels = null,
      distance = new CosineSimilarity(),
      reducer = new MeanReducer(),
    } = given;
    const { tPrime = start.tPrime, bias = start.bias } = given;
    const loss = new SigLIPLoss({ tPrime, bias, distance, reducer, whenSilent: "ignore" });
    const evaluation = loss.evaluate(fromRows(embeddings), labels, {
      ...(reference && { reference: fromRows(reference) }),
    });
    const own = labels ?? embeddings.map((_, i) => i);
    const others = reference === null ? null : (labels ?? reference.map((_, j) => j));
    const [positives, negatives] = plainPairs(own, others);
    const inputs = {
      embeddings,
      ...(reference && { reference }),
      tPrime: [[Math.fround(tPrime)]],
      bias: [[Math.fround(bias)]],
    };
    expectTwin(evaluation, inputs, (moved) => {
      const distances = plainDistances(distance, moved.embeddings, moved.reference ?? moved.embeddings);
      const scale = (distance.isInverted ? 1 : -1) * Math.exp(moved.tPrime[0][0]);
      const losses = moved.embeddings.map(() => 0);
      for (const [a, j] of positives) losses[a] += softplus(-(scale * distances[a][j] + moved.bias[0][0]));
      for (const [a, j] of negatives) losses[a] += softplus(scale * distances[a][j] + moved.bias[0][0]);
      const items = losses.map((each, anchor) => ({ anchor, loss: each }));
      return positives.length + negatives.length === 0 ? 0 : plainReduce(reducer, items, "element", losses.length, own);
    });
  }

  const embeddings = normalRows(8, 5, 1);
  const reference = normalRows(8, 5, 2);

  it("where the paper starts", () => compareOn({ embeddings, reference }));
  it("with other parameters", () => compareOn({ embeddings, reference, tPrime: 0.3, bias: 0.7 }));
  it("with labels", () => compareOn({ embeddings, reference, labels: letters(8, 3), bias: -2 }));
  it("within a batch", () => compareOn({ embeddings, reference: null, labels: letters(8, 4), bias: -2 }));
  it("with references that are nobody's", () =>
    compareOn({ embeddings, reference: [...reference, ...normalRows(3, 5, 5)], bias: -3 }));
  for (const distance of allDistances)
    it(`with ${distance.name} p ${distance.p} power ${distance.power}`, () =>
      compareOn({ embeddings, reference, distance, tPrime: 0.1, bias: 0.5 }));
  for (const reducer of allReducers)
    it(`reduced by ${reducer.name}`, () =>
      compareOn({ embeddings, reference, labels: letters(8, 6), reducer, tPrime: -1, bias: -1 }));

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 9 }),
      extra: fc.integer({ min: 0, max: 3 }),
      d: fc.integer({ min: 1, max: 7 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      tPrime: fc.constantFrom(-1, 0.4, start.tPrime),
      bias: fc.constantFrom(-10, -1, 2),
      kind: fc.constantFrom("unlabelled", "labelled", "within"),
    });
    fc.assert(
      fc.property(shape, ({ n, extra, d, seed, tPrime, bias, kind }) =>
        compareOn({
          embeddings: normalRows(n, d, seed),
          reference: kind === "within" ? null : normalRows(kind === "labelled" ? n : n + extra, d, seed + 1),
          labels: kind === "unlabelled" ? null : letters(n, seed),
          tPrime,
          bias,
        }),
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describeHostileInputs("SigLIPLoss", (options) => new SigLIPLoss(options));
describeHostileInputs(
  "SigLIPLoss of two views",
  (options) => new SigLIPLoss(options),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    return loss.evaluate(embeddings, null, { reference: { ...embeddings, data } });
  },
);

describeHostileInputs(
  "SigLIPLoss on raw products",
  (options) => new SigLIPLoss({ ...options, distance: new DotProductSimilarity({ normalizeEmbeddings: false }) }),
);

describe("SigLIPLoss", () => {
  const embeddings = normalRows(6, 4, 11);
  const reference = normalRows(6, 4, 12);

  it("starts at t = 10 and b = -10", () => {
    const { tPrime, bias } = new SigLIPLoss().parameters;
    expect([tPrime.rows, tPrime.cols, bias.rows, bias.cols]).toEqual([1, 1, 1, 1]);
    expect([Math.exp(tPrime.data[0]), bias.data[0]]).toEqual([expect.closeTo(10, 5), -10]);
  });

  it("follows parameters that an optimizer moved", () => {
    const loss = new SigLIPLoss();
    const values = Array.from({ length: 30 }, () => {
      const { value, gradients } = loss.evaluate(embeddings, null, { reference });
      optimizer.update(loss.parameters, gradients.parameters);
      return value;
    });
    expect(values[29]).toBeLessThan(values[0]);
    expect(loss.bias.data[0]).not.toBe(-10);
  });
  const optimizer = new Adam({ learningRate: 0.1 });

  it("goes on from a saved state", () => {
    const [loss, other] = [new SigLIPLoss({ tPrime: 1, bias: -3 }), new SigLIPLoss()];
    const state = loss.state();
    other.load(state);
    const given = { reference };
    expect(other.evaluate(embeddings, null, given).value).toBe(loss.evaluate(embeddings, null, given).value);
    loss.bias.data[0] = 5;
    expect(state.bias).toEqual({ data: Float32Array.of(-3), rows: 1, cols: 1 });
    expect(() => other.load({ kind: "SigLIPLoss", bias: loss.bias })).toThrow(
      "the state has no tPrime; it is not of this SigLIPLoss",
    );
  });

  it("judges more pairs than a tile holds", { tags: ["long"] }, () => {
    const [many, others] = [normalRows(2100, 3, 13), normalRows(2100, 3, 14)];
    const distance = new CosineSimilarity();
    const t = Math.exp(Math.fround(1));
    const equation = (rows: Rows, texts: Rows | null): number =>
      plainDistances(distance, rows, texts!).reduce(
        (sum, row, i) =>
          sum + row.reduce((part, cosine, j) => part + softplus((j === i ? -1 : 1) * (t * cosine - 2)), 0),
        0,
      ) / rows.length;
    const evaluation = new SigLIPLoss({ tPrime: 1, bias: -2 }).evaluate(fromRows(many), null, {
      reference: fromRows(others),
    });
    expectTwinAlongSlope(evaluation, many, others, equation);
  });

  it("keeps the digits of losses near 0, of however many pairs", () => {
    const rows = Array.from({ length: 300 }, () => [1, 0]);
    const loss = new SigLIPLoss({ tPrime: -80, bias: -50 });
    const { value } = loss.evaluate(rows.slice(0, 1), ["a"], {
      reference: rows,
      referenceLabels: rows.map((_, j) => `other ${j}`),
    });
    expect(value / (300 * Math.exp(-50))).toBeCloseTo(1, 6);
    const even = new SigLIPLoss({ tPrime: -80, bias: 0 }).evaluate(rows, null, { reference: rows });
    expect(even.value / (300 * Math.log(2))).toBeCloseTo(1, 6);
  });

  it("stays finite at the largest temperatures and biases", () => {
    for (const [tPrime, bias] of [
      [40, 0],
      [-40, 0],
      [0, 1e6],
      [0, -1e6],
    ]) {
      const { value, gradients } = new SigLIPLoss({ tPrime, bias }).evaluate(embeddings, null, { reference });
      const slopes = [gradients.embeddings, gradients.reference!, ...Object.values(gradients.parameters)];
      expect([value, ...slopes.flatMap(({ data }) => [...data])].every(Number.isFinite)).toBe(true);
    }
  });

  it("serves two views and a memory", () => {
    const views = new SelfSupervisedLoss(new SigLIPLoss(), { symmetric: false }).evaluate(embeddings, reference);
    expect(views.value).toBe(new SigLIPLoss().evaluate(embeddings, null, { reference }).value);
    const memory = new CrossBatchMemory(new SigLIPLoss(), { embeddingSize: 4, memorySize: 12 });
    const { gradients } = memory.evaluate(embeddings, letters(6, 15));
    expect(Object.keys(gradients.parameters)).toEqual(["tPrime", "bias"]);
    expect(gradients.parameters.bias.data[0]).not.toBe(0);
  });

  it("reports the pairs it judged", () => {
    const { report } = new SigLIPLoss().evaluate(embeddings, null, { reference });
    expect(report).toMatchObject({ status: "learning", positivePairs: 6, negativePairs: 30, items: 6 });
    const silent = new SigLIPLoss({ whenSilent: "ignore" }).evaluate(embeddings.slice(0, 1), ["a"]);
    expect(silent.report.status).toBe("no-positive-pairs");
    expect([...silent.gradients.parameters.tPrime.data, ...silent.gradients.parameters.bias.data]).toEqual([0, 0]);
  });

  it("hands out one item an anchor for a DoNothingReducer, without slopes", () => {
    const loss = new SigLIPLoss({ reducer: new DoNothingReducer() });
    const { subLosses, gradients } = loss.evaluate(embeddings, null, { reference });
    const sum = subLosses!.loss.losses.reduce((total, x) => total + x, 0);
    const summed = new SigLIPLoss({ reducer: new SumReducer() }).evaluate(embeddings, null, { reference });
    expect(sum).toBeCloseTo(summed.value, 5);
    expect(gradients.parameters.bias.data[0]).toBe(0);
  });

  it("refuses what it cannot judge", () => {
    const loss = new SigLIPLoss();
    expect(() => loss.evaluate(embeddings, null)).toThrow(
      "SigLIPLoss was given neither a reference nor labels; give a reference whose row i is the positive of row i",
    );
    expect(() => loss.evaluate(embeddings, null, { reference: reference.slice(2) })).toThrow(
      "reference has 4 rows, embeddings has 6; row i of the reference is the positive of row i",
    );
    const longer = [...reference, reference[0]];
    expect(() => loss.evaluate(embeddings, letters(6, 1), { reference: longer })).toThrow(/without referenceLabels/);
    expect(() => new SigLIPLoss({ tPrime: NaN })).toThrow("tPrime is NaN; give a number");
    expect(() => new SigLIPLoss({ bias: Infinity })).toThrow("bias is Infinity; give a finite number");
    expect(() => new SigLIPLoss({ temperature: 1 } as object)).toThrow(/no option "temperature"/);
    const divided = new SigLIPLoss({ reducer: new DivisorReducer() });
    expect(() => divided.evaluate(embeddings, null, { reference })).toThrow(/has no divisor/);
  });
});

it("SigLIPLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const { value } = new SigLIPLoss({ tPrime: 0, bias: 0 }).evaluate([x, z], null, { reference: [y, z] });
  // x: 0.6 with its own, 0 with the other; z: 1 with its own, 0.8 with the other
  expect(value).toBeCloseTo((softplus(-0.6) + softplus(0) + softplus(-1) + softplus(0.8)) / 2, 5);
});
