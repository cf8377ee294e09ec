import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  DotProductSimilarity,
  LpDistance,
  ManifoldLoss,
  SNRDistance,
  SumReducer,
  type Distance,
  type ManifoldLossOptions,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs, HOSTILE_WIDTH } from "../../support/hostile.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

interface Setting {
  readonly alpha?: number;
  readonly lambdaC?: number;
  readonly margin?: number;
  readonly distance?: Distance;
}

/** The inverse of a matrix by elimination with pivots. */
function inverse(matrix: Rows): Rows {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]) > Math.abs(rows[best][k]) ? k + i : best), k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    rows[k] = rows[k].map((x) => x / rows[k][k]);
    for (let i = 0; i < n; i++) {
      const share = rows[i][k];
      if (i !== k) rows[i] = rows[i].map((x, j) => x - share * rows[k][j]);
    }
  }
  return rows.map((row) => row.slice(n));
}

function plainLoss(embeddings: Rows, proxies: Rows, metaClasses: readonly number[], setting: Setting): number {
  const { alpha = 0.8, lambdaC = 1, margin = 5e-4, distance = new CosineSimilarity() } = setting;
  const nodes = [...embeddings, ...proxies];
  const n = embeddings.length;
  const similar = plainDistances(distance, nodes, nodes).map((row, i) =>
    row.map((s, j) => (i === j ? 0 : Math.exp(Math.max(0, s) / 0.5))),
  );
  const degrees = similar.map((row) => row.reduce((sum, s) => sum + s, 0));
  const walk = similar.map((row, i) =>
    row.map((s, j) => (i === j ? 1 : 0) - (alpha * s) / Math.sqrt(degrees[i] * degrees[j])),
  );
  const states = inverse(walk).map((row) => row.map((x) => (1 - alpha) * x));
  const dot = (x: number[], y: number[]): number => x.reduce((sum, v, k) => sum + v * y[k], 0);
  const mean = (value: (i: number, k: number) => number): number =>
    embeddings.reduce((total, _, i) => {
      const own = metaClasses[i];
      const violations = proxies.map((_, k) => (k === own ? -1 : value(i, k) - value(i, own) + margin));
      return total + Math.log(violations.reduce((sum, v) => (v >= 0 ? sum + Math.exp(v) : sum), 1));
    }, 0) / n;
  const intrinsic = mean((i, k) => states[i][n + k]);
  const context = mean((i, k) => {
    const [x, y] = [states[i], states[n + k]];
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  });
  return lambdaC === Infinity ? context : intrinsic + lambdaC * context;
}

function compareOn(n: number, d: number, K: number, seed: number, setting: Setting = {}): void {
  // so wide a margin keeps all terms, away from the jump that each makes at 0
  const given = { margin: 3, ...setting };
  const embeddings = normalRows(n, d, seed);
  const proxies = normalRows(K, d, seed + 1);
  const metaClasses = embeddings.map((_, i) => (i * 5 + seed) % K);
  const loss = new ManifoldLoss({ l: d, K, ...given, whenSilent: "ignore" });
  loss.proxies.data.set(proxies.flat());
  const evaluation = loss.evaluate(fromRows(embeddings), null, { metaClasses });
  expectTwin(evaluation, { embeddings, proxies }, (moved) =>
    plainLoss(moved.embeddings, moved.proxies, metaClasses, given),
  );
}

describe("ManifoldLoss equals its brute-force twin in value and slope", () => {
  const distances = [
    new CosineSimilarity(),
    new CosineSimilarity({ power: 2 }),
    new DotProductSimilarity({ normalizeEmbeddings: false }),
    new LpDistance(),
    new LpDistance({ p: 1, normalizeEmbeddings: false }),
    new SNRDistance(),
  ];
  for (const distance of distances)
    it(`with ${distance.name} p ${distance.p} power ${distance.power}`, () => compareOn(7, 4, 3, 1, { distance }));
  for (const lambdaC of [0, 0.3, 10, Infinity]) it(`with lambdaC ${lambdaC}`, () => compareOn(6, 4, 3, 2, { lambdaC }));
  for (const alpha of [0.1, 0.5, 0.95]) it(`with alpha ${alpha}`, () => compareOn(6, 4, 3, 3, { alpha }));

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = [
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 1e6 }),
    ] as const;
    fc.assert(
      fc.property(...shape, (n, d, K, seed) => compareOn(n, d, K, seed)),
      { numRuns: 40, seed: 7 },
    );
  });

  it("in value when there are more nodes than are eliminated at a time", () => {
    const embeddings = normalRows(120, 5, 9);
    const proxies = normalRows(9, 5, 10);
    const metaClasses = embeddings.map((_, i) => i % 9);
    const loss = new ManifoldLoss({ l: 5, K: 9, margin: 3 });
    loss.proxies.data.set(proxies.flat());
    const { value } = loss.evaluate(fromRows(embeddings), null, { metaClasses });
    expect(value / plainLoss(embeddings, proxies, metaClasses, { margin: 3 })).toBeCloseTo(1, 5);
  });
});

for (const distance of [
  new CosineSimilarity(),
  new LpDistance({ normalizeEmbeddings: false }),
  new DotProductSimilarity({ normalizeEmbeddings: false }),
])
  describeHostileInputs(
    `ManifoldLoss with ${distance.name}`,
    (options) => new ManifoldLoss({ l: HOSTILE_WIDTH, K: 3, distance, ...options }),
    (loss, embeddings) => loss.evaluate(embeddings, null),
  );

describe("ManifoldLoss", () => {
  const embeddings = normalRows(10, 4, 20);
  const make = (options: Partial<ManifoldLossOptions> = {}): ManifoldLoss =>
    new ManifoldLoss({ l: 4, K: 3, margin: 0.1, ...options });

  it("draws its proxies from a seed", () => {
    expect(make({ seed: 1 }).proxies.data).toEqual(make({ seed: 1 }).proxies.data);
    expect(make({ seed: 1 }).proxies.data).not.toEqual(make({ seed: 2 }).proxies.data);
    const { data, rows, cols } = new ManifoldLoss({ l: 40 }).proxies;
    expect([rows, cols]).toEqual([50, 40]);
    const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
    const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.1);
  });

  it("draws meta classes where none are given, from the seed and new ones for each batch", () => {
    const values = (loss: ManifoldLoss): number[] => [1, 2, 3, 4].map(() => loss.evaluate(embeddings, null).value);
    const first = values(make());
    expect(values(make())).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(1);
  });

  it("gives every proxy an embedding, and every embedding of a small batch another proxy", () => {
    // with one embedding for each of three proxies, the meta classes drawn are one of six orders
    const few = embeddings.slice(0, 3);
    const orders = ["012", "021", "102", "120", "201", "210"].map((order) => [...order].map(Number));
    const loss = make();
    const possible = orders.map((metaClasses) => loss.evaluate(few, null, { metaClasses }).value);
    for (let k = 0; k < 10; k++) expect(possible).toContain(loss.evaluate(few, null).value);
    const two = orders.map(
      (metaClasses) => loss.evaluate(few.slice(0, 2), null, { metaClasses: metaClasses.slice(0, 2) }).value,
    );
    for (let k = 0; k < 10; k++) expect(two).toContain(loss.evaluate(few.slice(0, 2), null).value);
  });

  it("goes on where a saved state was taken", () => {
    const loss = make({ seed: 5 });
    loss.evaluate(embeddings, null);
    const { random, ...state } = loss.state();
    const other = make({ seed: 6 });
    other.load({ ...state, random: JSON.parse(JSON.stringify(random)) as number[] });
    expect(other.proxies.data).toEqual(loss.proxies.data);
    for (let k = 0; k < 3; k++)
      expect(other.evaluate(embeddings, null).value).toBe(loss.evaluate(embeddings, null).value);
  });

  it("leaves terms below 0 out", () => {
    // proxies on the embeddings: nothing violates a margin of 0
    const rows = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    const loss = make({ margin: 0, whenSilent: "ignore" });
    loss.proxies.data.set(rows.flat());
    const { value, report } = loss.evaluate(rows, null, { metaClasses: [0, 1, 2] });
    expect(value).toBe(0);
    expect(report.status).toBe("all-satisfied");
    const wrong = loss.evaluate(rows, null, { metaClasses: [1, 2, 0] });
    expect([wrong.report.items, wrong.report.activeItems]).toEqual([3, 3]);
  });

  it("leaves its value to no reducer", () => {
    const metaClasses = embeddings.map((_, i) => i % 3);
    const { value } = make().evaluate(embeddings, null, { metaClasses });
    expect(make({ reducer: new SumReducer() }).evaluate(embeddings, null, { metaClasses }).value).toBe(value);
    const raw = make({ reducer: new DoNothingReducer() }).evaluate(embeddings, null, { metaClasses });
    expect([...raw.subLosses!.loss.losses]).toEqual([value]);
    expect(raw.gradients.parameters.proxies.data.every((slope) => slope === 0)).toBe(true);
  });

  it("refuses what it cannot take", () => {
    expect(() => new ManifoldLoss(undefined as never)).toThrow(/ManifoldLoss was given no l; give a whole number >= 1/);
    expect(() => make({ lambdaC: -1 })).toThrow(/lambdaC is -1; give a number >= 0/);
    expect(() => make({ alpha: 1 })).toThrow(/alpha is 1; give a finite number >= 0 and < 1/);
    expect(() => make({ K: 0 })).toThrow(/K is 0/);
    const loss = make();
    const labels = embeddings.map((_, i) => i % 3);
    expect(() => loss.evaluate(embeddings, labels as never)).toThrow(
      /^ManifoldLoss takes no labels; give null, and metaClasses/,
    );
    expect(() => loss.evaluate(embeddings, null, { reference: embeddings } as object)).toThrow(
      /compares the batch with itself/,
    );
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(embeddings, null, { tuples } as object)).toThrow(/takes no tuples, .*; leave them out/);
    expect(() =>
      loss.evaluate(
        embeddings.map((row) => row.slice(1)),
        null,
      ),
    ).toThrow("embeddings has 3 columns; this ManifoldLoss was made for l = 4");
    expect(() => loss.evaluate(embeddings, null, { metaClasses: [0, 1] })).toThrow(
      /give one proxy for each of 10 embeddings/,
    );
    expect(() => loss.evaluate(embeddings, null, { metaClasses: labels.map(() => 3) })).toThrow(
      "metaClasses[0] is 3; give a whole number >= 0 and < 3",
    );
    expect(() => loss.evaluate(embeddings, null, { metaclasses: labels } as object)).toThrow(
      /has no option "metaclasses"/,
    );
    expect(() => {
      loss.load({ kind: "ManifoldLoss", proxies: loss.proxies });
    }).toThrow(/the state has no random/);
  });
});

it("ManifoldLoss of unit vectors can be checked by hand", () => {
  // alpha 0: nobody walks, F is the identity, and all that an embedding says of proxies is 0
  const loss = new ManifoldLoss({ l: 2, K: 2, alpha: 0, margin: 0.5, lambdaC: 1 });
  const { value } = loss.evaluate(threeRows, null);
  expect(value).toBeCloseTo(softplus(0.5) + softplus(0.5), 5);
});
