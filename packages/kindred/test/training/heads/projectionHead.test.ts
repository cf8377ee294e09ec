import { describe, expect, test } from "vitest";
import { applyMap, identityMap, type LinearMap } from "../../../src/evaluation/projection/linearMap.ts";
import type { Matrix } from "../../../src/matrix/matrix.ts";
import { stateToBytes } from "../../../src/state/stateBytes.ts";
import { ProjectionHead } from "../../../src/training/heads/projectionHead.ts";
import { MlpModel, type SavedMlp } from "../../../src/training/mlpModel.ts";
import { SGD } from "../../../src/training/sgd.ts";
import { describeStateContract } from "../../support/stateContract.ts";
import { randomMatrix } from "../fixtures.ts";

const map: LinearMap = { mean: Float64Array.of(0.5, -1, 2, 0.1), weights: randomMatrix(4, 3, 7) };
const inputs = randomMatrix(6, 4, 1);

function unit({ data, rows, cols }: Matrix): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const row = Array.from(data.subarray(i * cols, (i + 1) * cols));
    const norm = Math.hypot(...row);
    return row.map((x) => x / norm);
  }).flat();
}

/** Sum of the embeddings times fixed weights: a function whose slope with respect to them is `weights`. */
function objective(head: ProjectionHead, weights: Matrix): number {
  return head.embed(inputs).data.reduce((sum, entry, k) => sum + entry * weights.data[k], 0);
}

describe("ProjectionHead", () => {
  test("begins as its map when the map is what it learns", () => {
    const head = new ProjectionHead({ map });
    applyMap(map, inputs).data.forEach((entry, k) => expect(head.embed(inputs).data[k]).toBeCloseTo(entry, 5));
  });

  test("begins as its map, rows brought to length 1, when a residual is what it learns", () => {
    const head = new ProjectionHead({ map, learns: "residual" });
    unit(applyMap(map, inputs)).forEach((entry, k) => expect(head.embed(inputs).data[k]).toBeCloseTo(entry, 5));
  });

  test("begins as its map when a change of low rank is what it learns, which stays of low rank", () => {
    const head = new ProjectionHead({
      map,
      learns: "lowRank",
      hiddenSize: 1,
      optimizer: new SGD({ learningRate: 0.1 }),
    });
    const before = head.embed(inputs);
    unit(applyMap(map, inputs)).forEach((entry, k) => expect(before.data[k]).toBeCloseTo(entry, 5));
    for (let step = 0; step < 2; step++) {
      head.embed(inputs, true);
      head.backward(randomMatrix(6, 3, 2));
      head.step();
    }
    // less the bias, what is added to each row is a multiple of one row
    const { bias1, weights1 } = head.parameters;
    const after = head.embed(inputs);
    const added = (i: number, j: number): number => after.data[3 * i + j] - before.data[3 * i + j] - bias1.data[j];
    for (let i = 0; i < 6; i++)
      for (let j = 1; j < 3; j++) expect(added(i, j) * weights1.data[0]).toBeCloseTo(added(i, 0) * weights1.data[j], 4);
    expect(Math.abs(added(0, 0))).toBeGreaterThan(1e-3);
  });

  test.each(["map", "residual", "lowRank"] as const)(
    "pulls slopes back as finite differences do, learning its %s",
    (learns) => {
      const head = new ProjectionHead({ map, learns, hiddenSize: 5, seed: 3, optimizer: new SGD({ learningRate: 1 }) });
      // away from zero, where the last layer hides what is below it
      for (const { data } of Object.values(head.parameters)) data.forEach((_, k) => (data[k] += 0.1 * ((k % 5) - 2)));
      const weights = randomMatrix(6, 3, 2);
      const before = Object.entries(head.parameters).map(([name, { data }]) => [name, data.slice()] as const);
      const h = 1e-3;
      const slopes = before.map(([name, values]) =>
        Array.from(values, (value, k) => {
          const { data } = head.parameters[name];
          data[k] = value + h;
          const above = objective(head, weights);
          data[k] = value - h;
          const below = objective(head, weights);
          data[k] = value;
          return (above - below) / (2 * h);
        }),
      );
      head.embed(inputs, true);
      head.backward(weights);
      head.step();
      before.forEach(([name, values], p) =>
        slopes[p].forEach((slope, k) => expect(values[k] - head.parameters[name].data[k]).toBeCloseTo(slope, 2)),
      );
    },
  );

  test("moves only what it learns", () => {
    const head = new ProjectionHead({ map, learns: "residual" });
    const { map: before } = head.save();
    head.embed(inputs, true);
    head.backward(randomMatrix(6, 3, 2));
    head.step();
    expect(head.save().map).toEqual(before);
    expect(head.embed(inputs).data).not.toEqual(new ProjectionHead({ map, learns: "residual" }).embed(inputs).data);
  });

  test.each(["map", "residual", "lowRank"] as const)("is restored from what it saved, learning its %s", (learns) => {
    const head = new ProjectionHead({ map, learns, hiddenSize: 7 });
    head.embed(inputs, true);
    head.backward(randomMatrix(6, 3, 2));
    head.step();
    const restored = ProjectionHead.restore(head.save());
    expect(restored.embed(inputs)).toEqual(head.embed(inputs));
    expect([restored.learns, restored.inputSize, restored.outputSize]).toEqual([learns, 4, 3]);
  });

  test.each(["map", "residual"] as const)("comes back from bytes when the %s is what it learned", (learns) => {
    const head = new ProjectionHead({ map, learns, hiddenSize: 5, seed: 3, optimizer: new SGD({ learningRate: 0.1 }) });
    head.backward({ ...head.embed(inputs, true) });
    head.step();
    const again = ProjectionHead.fromBytes(head.toBytes());
    expect(again.embed(inputs)).toStrictEqual(head.embed(inputs));
    expect([again.learns, again.save()]).toStrictEqual([learns, head.save()]);
  });

  test("takes no bytes of another model, nor of parts that do not fit each other", () => {
    const model = (...sizes: number[]): SavedMlp =>
      new MlpModel({ inputSize: sizes[0], hidden: sizes.slice(1, -1), outputSize: sizes.at(-1)! }).save();
    const head = (map: SavedMlp, residual: SavedMlp | null): Uint8Array =>
      stateToBytes({ kind: "projection", map, residual });
    expect(ProjectionHead.fromBytes(head(model(4, 3), model(3, 9, 3))).outputSize).toBe(3);
    expect(() => ProjectionHead.fromBytes(stateToBytes(model(4, 3)))).toThrow(/the saved head is of kind "mlp"/);
    expect(() => ProjectionHead.fromBytes(head(model(4, 6, 3), null))).toThrow(
      /has 1 hidden layers; a linear map has none/,
    );
    for (const residual of [model(3, 3), model(4, 9, 3), model(3, 9, 4), model(3, 9, 9, 3)])
      expect(() => ProjectionHead.fromBytes(head(model(4, 3), residual))).toThrow(
        /3 > a hidden layer > 3 with relu or linear is needed/,
      );
  });

  test("says what it cannot be made of", () => {
    expect(() => new ProjectionHead({} as never)).toThrow("ProjectionHead's map is undefined");
    expect(() => new ProjectionHead({ map: { ...map, mean: new Float64Array(3) } })).toThrow("map.mean has 3 entries");
    expect(() => new ProjectionHead({ map, learns: "all" as never })).toThrow('learns is "all"');
    expect(() => new ProjectionHead({ map: identityMap(3), hiddenSize: 0 })).toThrow("hiddenSize is 0");
    expect(() => ProjectionHead.restore(null as never)).toThrow("the saved head is of kind undefined");
    const saved = new ProjectionHead({ map, learns: "residual" }).save();
    const mlp = (hidden: number[]) => new MlpModel({ inputSize: 4, hidden, outputSize: 4 }).save();
    const restore = (change: object) => () => ProjectionHead.restore({ ...saved, ...change });
    expect(restore({ map: mlp([2]) })).toThrow("the saved head's map has 1 hidden layers");
    expect(restore({ residual: mlp([2]) })).toThrow("an MLP 4 > 2 > 4 with relu; 3 > a hidden layer > 3 with relu");
    expect(() => new ProjectionHead({ map }).embed(randomMatrix(2, 5, 1))).toThrow("inputs has 5 columns");
  });
});

for (const learns of ["map", "residual", "lowRank"] as const)
  describeStateContract(
    `ProjectionHead that learns its ${learns}`,
    () => new ProjectionHead({ map, learns }),
    () => {
      const head = new ProjectionHead({ map, learns });
      head.embed(inputs, true);
      head.backward(randomMatrix(6, 3, 2));
      head.step();
      return head;
    },
  );
