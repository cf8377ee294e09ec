import { describe, expect, it } from "vitest";
import { ContrastiveLoss, MeanReducer, MultipleReducers, SumReducer, type Reducer } from "../../src/index.ts";
import { normalRows } from "../support/twin.ts";

describe("MultipleReducers", () => {
  const rows = normalRows(9, 4, 3);
  const labels = [0, 0, 1, 1, 1, 2, 2, 0, 3];
  const evaluate = (reducer: Reducer): { value: number; slopes: number[] } => {
    const { value, gradients } = new ContrastiveLoss({ reducer }).evaluate(rows, labels);
    return { value, slopes: Array.from(gradients.embeddings.data) };
  };
  /** Only one of the two sub-losses of ContrastiveLoss: the other one's margin is out of reach. */
  const only = (margins: { posMargin?: number; negMargin?: number }, reducer: Reducer) => {
    const { value, gradients } = new ContrastiveLoss({ reducer, ...margins, whenSilent: "ignore" }).evaluate(
      rows,
      labels,
    );
    return { value, slopes: Array.from(gradients.embeddings.data) };
  };

  it("reduces each sub-loss by its own reducer and adds what they give", () => {
    const given = evaluate(
      new MultipleReducers({ reducers: { posLoss: new SumReducer(), negLoss: new MeanReducer() } }),
    );
    const positive = only({ negMargin: -10 }, new SumReducer());
    const negative = only({ posMargin: 10 }, new MeanReducer());
    expect(positive.value).toBeGreaterThan(0);
    expect(negative.value).toBeGreaterThan(0);
    expect(given.value).toBeCloseTo(positive.value + negative.value, 5);
    given.slopes.forEach((slope, k) => expect(slope).toBeCloseTo(positive.slopes[k] + negative.slopes[k], 4));
  });

  it("takes its default reducer for sub-losses that are not named, the mean unless told", () => {
    const mixed = new MultipleReducers({ reducers: { posLoss: new MeanReducer() }, defaultReducer: new SumReducer() });
    const named = new MultipleReducers({ reducers: { posLoss: new MeanReducer(), negLoss: new SumReducer() } });
    expect(evaluate(mixed)).toEqual(evaluate(named));
    expect(evaluate(new MultipleReducers())).toEqual(evaluate(new MeanReducer()));
    expect(new MultipleReducers().forSubLoss("loss")).toBeInstanceOf(MeanReducer);
    const reduction = mixed.begin({ kind: "element", labels: null });
    reduction.weighOne(0, 2);
    reduction.weighOne(1, 3);
    expect(reduction.result().value).toBe(5);
  });

  it("refuses what is no reducer, and options it does not have", () => {
    expect(() => new MultipleReducers({ reducers: { posLoss: null as never } })).toThrow(
      new TypeError("reducers.posLoss is null; give a reducer such as new MeanReducer()"),
    );
    expect(() => new MultipleReducers({ defaultReducer: {} as never })).toThrow(/defaultReducer is an object/);
    expect(() => new MultipleReducers({ reducer: {} } as object)).toThrow(/did you mean "reducers"/);
  });
});
