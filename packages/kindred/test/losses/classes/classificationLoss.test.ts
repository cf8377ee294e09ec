import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  type ArcFaceLossOptions,
  CenterInvariantRegularizer,
  LpRegularizer,
  ProxyAnchorLoss,
  RegularFaceRegularizer,
  SoftTripleLoss,
  SparseCentersRegularizer,
  ZeroMeanRegularizer,
  type ClassificationLoss,
  type ClassificationLossOptions,
  type Regularizer,
} from "../../../src/index.ts";
import { fromRows, toRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const sizes = { numClasses: 4, embeddingSize: 3, seed: 5 };
const losses: readonly [
  string,
  string,
  boolean,
  (options: Partial<ClassificationLossOptions>) => ClassificationLoss,
][] = [
  [
    "ArcFaceLoss, a column a class",
    "W",
    true,
    (options) => new ArcFaceLoss({ ...sizes, ...(options as ArcFaceLossOptions) }),
  ],
  ["ProxyAnchorLoss, a row a class", "proxies", false, (options) => new ProxyAnchorLoss({ ...sizes, ...options })],
  [
    "SoftTripleLoss, two columns a class",
    "fc",
    true,
    (options) => new SoftTripleLoss({ ...sizes, centersPerClass: 2, ...options }),
  ],
];
const regularizers: readonly Regularizer[] = [
  new LpRegularizer({ p: 3, power: 2 }),
  new ZeroMeanRegularizer(),
  new CenterInvariantRegularizer(),
  new RegularFaceRegularizer(),
];

const turned = (rows: Rows): Rows => rows[0].map((_, k) => rows.map((row) => row[k]));

describe("regularizers of class vectors", () => {
  const rows = normalRows(6, 3, 1);
  const labels = [0, 1, 2, 3, 0, 1];

  for (const [name, parameter, isColumns, make] of losses) {
    const given = [
      ...regularizers,
      ...(name.startsWith("SoftTriple") ? [new SparseCentersRegularizer({ numClasses: 4, centersPerClass: 2 })] : []),
    ];
    for (const weightRegularizer of given)
      it(`${weightRegularizer.name} adds its penalty on the class vectors, as rows, to ${name}`, () => {
        const plain = make({}).evaluate(rows, labels);
        const loss = make({ weightRegularizer, weightRegWeight: 0.7 });
        const { value, gradients } = loss.evaluate(rows, labels);
        const stored = toRows(loss.parameters[parameter]);
        const penalty = weightRegularizer.evaluate(fromRows(isColumns ? turned(stored) : stored));
        expect(penalty.value).not.toBe(0);
        expect(value).toBeCloseTo(plain.value + 0.7 * penalty.value, 6);
        expect(gradients.embeddings).toEqual(plain.gradients.embeddings);
        const slopes = toRows(penalty.gradient);
        const expected = (isColumns ? turned(slopes) : slopes).flat();
        gradients.parameters[parameter].data.forEach((slope, k) =>
          expect(slope).toBeCloseTo(plain.gradients.parameters[parameter].data[k] + 0.7 * expected[k], 5),
        );
      });

    it(`${name} refuses what is no regularizer, before it computes`, () => {
      expect(() => make({ weightRegularizer: 2 as never })).toThrow(
        new TypeError("weightRegularizer is 2; give a regularizer such as new LpRegularizer()"),
      );
      expect(() => make({ weightRegWeight: Infinity })).toThrow(/weightRegWeight is Infinity/);
    });
  }
});
