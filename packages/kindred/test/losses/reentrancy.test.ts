// @module-tag long
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  Reduction,
  SupConLoss,
  TripletMarginMiner,
  nearestNeighbours,
  type Evaluation,
  type Reduced,
  type Reducer,
} from "../../src/index.ts";
import { callOf, evaluate, evaluatePrepared, lossClasses, makeLoss } from "../support/describedLosses.ts";
import { fromRows } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

// A reducer or a regularizer of the user's own may use the library while a loss is at work.

/** The sum of twice each item; `act` is called while some anchor is weighed. */
function actingReducer(act: () => void, atAnchor: number): Reducer {
  let calls = 0;
  class Acting extends Reduction {
    #total = 0;
    protected take(_anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
      for (let k = 0; k < count; k++) {
        this.#total += losses[k];
        // no weight that another reduction would leave behind by chance
        weights[k] = 2;
      }
      if (calls++ % 3 === atAnchor) act();
    }
    result(): Reduced {
      return { value: this.#total, scale: 1 };
    }
  }
  return { name: "ActingReducer", begin: () => new Acting() };
}

const other = fromRows(normalRows(30, 9, 4));
const labels = Array.from({ length: 30 }, (_, i) => i % 4);
const acts: Readonly<Record<string, () => unknown>> = {
  "evaluates another loss": () => new SupConLoss().evaluate(other, labels),
  "looks for neighbours": () => nearestNeighbours(other, null, 3),
  mines: () => new TripletMarginMiner().mine(other, labels),
};

const taking = (option: string) =>
  lossClasses.filter(({ description }) => option in description.options && description.wraps === undefined);

const plain = ({ value, gradients }: Evaluation): unknown =>
  JSON.parse(JSON.stringify({ value, gradients }, (_, x: unknown) => (x instanceof Float32Array ? [...x] : x)));

describe.each(taking("reducer").map((Class) => ({ name: Class.name, Class })))(
  "$name has the same bits when its reducer",
  ({ Class }) => {
    const call = callOf(Class.description.takes);
    const run = (act: () => void, at: number): Evaluation =>
      evaluate(makeLoss(Class, { reducer: actingReducer(act, at) }), call);
    const expected = plain(run(() => {}, 1));

    it.each(Object.entries(acts))("%s", (_, act) => {
      for (const at of [0, 1, 2]) expect(plain(run(act, at))).toEqual(expected);
    });

    it("evaluates a loss of its own class, or another loss on the same prepared batch", () => {
      const same = makeLoss(Class);
      expect(plain(run(() => evaluate(same, call), 1))).toEqual(expected);
      const reducer = actingReducer(
        () => evaluatePrepared(new SupConLoss({ whenSilent: "ignore" }), callOf(SupConLoss.description.takes)),
        1,
      );
      expect(plain(evaluatePrepared(makeLoss(Class, { reducer }), call))).toEqual(
        plain(evaluatePrepared(makeLoss(Class, { reducer: actingReducer(() => {}, 1) }), call)),
      );
    });
  },
);

it("each loss has the same bits when the kernels' memory grows while its reducer weighs", () => {
  let columns = 200_000;
  for (const Class of taking("reducer")) {
    const call = callOf(Class.description.takes);
    const run = (act: () => void): unknown =>
      plain(evaluate(makeLoss(Class, { reducer: actingReducer(act, 1) }), call));
    const expected = run(() => {});
    // each time more than it has held
    columns += 100_000;
    const rows = { data: new Float32Array(2 * columns).fill(1), rows: 2, cols: columns };
    expect(
      run(() => new CosineSimilarity().matrix(rows)),
      Class.name,
    ).toEqual(expected);
  }
});

describe.each(taking("embeddingRegularizer").map((Class) => ({ name: Class.name, Class })))(
  "$name has the same bits when its regularizer",
  ({ Class }) => {
    const call = callOf(Class.description.takes);
    const run = (act: () => void): unknown => {
      const embeddingRegularizer = {
        name: "Acting",
        evaluate: ({ data, rows, cols }: { data: Float32Array; rows: number; cols: number }) => {
          act();
          return { value: data[0], gradient: { data: data.slice(), rows, cols } };
        },
      };
      return plain(evaluate(makeLoss(Class, { embeddingRegularizer }), call));
    };

    it("uses the library", () => {
      const expected = run(() => {});
      for (const act of Object.values(acts)) expect(run(act)).toEqual(expected);
    });
  },
);
