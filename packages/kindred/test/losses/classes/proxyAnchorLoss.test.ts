import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  LpDistance,
  MultipleReducers,
  ProxyAnchorLoss,
  SNRDistance,
  SumReducer,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeClassificationLoss, letters, normalMatrix } from "../../support/classificationContract.ts";
import { plainDistances } from "../../support/plain.ts";

const settings = { margin: 0.2, alpha: 9 };

describeClassificationLoss("ProxyAnchorLoss", {
  make: (options) => new ProxyAnchorLoss({ ...settings, ...options }),
  parameter: "proxies",
  layout: "rows",
  distances: [
    new CosineSimilarity(),
    new DotProductSimilarity({ normalizeEmbeddings: false }),
    new LpDistance(),
    new LpDistance({ normalizeEmbeddings: false, p: 1 }),
    new LpDistance({ p: 3, power: 2 }),
    new SNRDistance(),
  ],
  wrongDistance: null,
  hasDivisor: true,
  twin: ({ rows, vectors, codes, weights, distance }) => {
    const sign = distance.isInverted ? 1 : -1;
    const distances = plainDistances(distance, rows, vectors);
    const logOnePlus = (exponents: number[]): number => {
      const top = Math.max(0, ...exponents);
      return top + Math.log(exponents.reduce((sum, x) => sum + Math.exp(x - top), Math.exp(-top)));
    };
    const items = (isPositive: boolean): { anchor: number; loss: number }[] =>
      vectors.map((_, c) => {
        const exponents = rows.flatMap((_row, i) => {
          if ((codes[i] === c) !== isPositive) return [];
          const distanceBeyond = isPositive ? settings.margin - distances[i][c] : distances[i][c] + settings.margin;
          const inverted = isPositive ? distances[i][c] - settings.margin : -settings.margin - distances[i][c];
          return [settings.alpha * (sign === 1 ? distanceBeyond : inverted) + weights[i] - 1];
        });
        return { anchor: c, loss: exponents.length === 0 ? 0 : logOnePlus(exponents) };
      });
    return {
      posLoss: { labels: letters, items: items(true), divisor: new Set(codes).size },
      negLoss: { labels: letters, items: items(false), divisor: 4 },
    };
  },
});

describe("ProxyAnchorLoss", () => {
  it("takes a reducer for each sub-loss", () => {
    const batch = normalMatrix(9, 4, 3);
    const labels = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    const size = { numClasses: 3, embeddingSize: 4 };
    const reducers = { posLoss: new SumReducer(), negLoss: new SumReducer() };
    const byName = new ProxyAnchorLoss({ ...size, reducer: new MultipleReducers({ reducers }) });
    const both = new ProxyAnchorLoss({ ...size, reducer: new SumReducer() });
    expect(byName.evaluate(batch, labels)).toEqual(both.evaluate(batch, labels));
  });

  it("gives the distance to each proxy as logits", () => {
    const loss = new ProxyAnchorLoss({ numClasses: 3, embeddingSize: 4, distance: new LpDistance() });
    const batch = normalMatrix(5, 4, 1);
    expect(loss.getLogits(batch)).toEqual(new LpDistance().matrix(batch, loss.proxies));
  });

  it("refuses numbers out of their range", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    expect(() => new ProxyAnchorLoss({ ...size, alpha: 0 })).toThrow(RangeError);
    expect(() => new ProxyAnchorLoss({ ...size, margin: NaN })).toThrow(TypeError);
  });
});

it("ProxyAnchorLoss of unit vectors can be checked by hand", () => {
  const loss = new ProxyAnchorLoss({ numClasses: 2, embeddingSize: 2, margin: 0, alpha: 1 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.proxies.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // one class has a positive; the negatives of both are averaged
  expect(value).toBeCloseTo(softplus(-0.6) + softplus(0.8) / 2, 5);
});
