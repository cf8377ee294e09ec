import { describe, expect, it } from "vitest";
import {
  identityMap,
  MlpModel,
  MultipleNegativesRankingLoss,
  ProjectionHead,
  Random,
  SGD,
  Trainer,
  TwoTowers,
  UniformBatchSampler,
  type Matrix,
  type Model,
} from "../../src/index.ts";
import { randomMatrix } from "./fixtures.ts";

const size = 6;
const head = (): ProjectionHead =>
  new ProjectionHead({ map: identityMap(size), optimizer: new SGD({ learningRate: 0.5 }) });
const anchors = randomMatrix(40, size, 1);
const positives = randomMatrix(40, size, 2);
const trainerOf = (model: Model, chunkSize: number | null = null): Trainer =>
  new Trainer({
    model,
    loss: new MultipleNegativesRankingLoss(),
    sampler: new UniformBatchSampler(40, { batchSize: 10, seed: 3 }),
    data: { anchors, positives },
    chunkSize,
  });

describe("two towers", () => {
  it("embed queries by the one, documents by the other, or leave documents as they are", () => {
    const [query, document] = [1, 2].map((seed) => new MlpModel({ inputSize: size, outputSize: 3, seed }));
    const towers = new TwoTowers({ query, document });
    expect(towers.embed(anchors)).toEqual(query.embed(anchors));
    expect(towers.embedQuery(anchors)).toEqual(query.embed(anchors));
    expect(towers.embedDocument(anchors)).toEqual(document.embed(anchors));
    expect(new TwoTowers({ query, document: null }).embedDocument(anchors)).toBe(anchors);
  });

  it("have the weights of both by name, to get and to set", () => {
    const towers = new TwoTowers({ query: head(), document: head() });
    expect(Object.keys(towers.parameters!)).toEqual(
      ["query.map.weights0", "query.map.bias0", "document.map.weights0", "document.map.bias0"].map((name) =>
        name.replace("map.", Object.keys(head().parameters)[0].startsWith("map.") ? "map." : ""),
      ),
    );
    const doubled = Object.fromEntries(
      Object.entries(towers.parameters!).map(([name, { data, rows, cols }]) => [
        name,
        { data: data.map((x) => 2 * x), rows, cols },
      ]),
    );
    towers.parameters = doubled;
    expect(towers.embedDocument(anchors).data[3]).toBeCloseTo(2 * anchors.data[3], 5);
  });

  it("both move, each by the slopes of its own columns; documents of none stay", async () => {
    const apart = new TwoTowers({ query: head(), document: head() });
    await trainerOf(apart).train({ steps: 3 });
    const [q, d] = [apart.embedQuery(anchors), apart.embedDocument(anchors)];
    expect(q.data).not.toEqual(anchors.data);
    expect(d.data).not.toEqual(anchors.data);
    expect(d.data).not.toEqual(q.data);
    const adapter = new TwoTowers({ query: head(), document: null });
    await trainerOf(adapter).train({ steps: 3 });
    expect(adapter.embedQuery(anchors).data).not.toEqual(anchors.data);
  });

  it("make the steps of one model whose slopes are those of both, where both begin alike and share a plain step", () => {
    // one step from the identity: the shared model's weights move by the sum of what the towers' move by
    const [shared, apart] = [head(), new TwoTowers({ query: head(), document: head() })];
    trainerOf(shared).step();
    trainerOf(apart).step();
    const weights = (model: Model): Float32Array => Object.values(model.parameters!)[0].data;
    const begun = weights(head());
    const moved = (model: Model): number[] => Array.from(weights(model), (x, k) => x - begun[k]);
    const [query, document] = [moved(apart.query), moved(apart.document!)];
    moved(shared).forEach((x, k) => expect(x).toBeCloseTo(query[k] + document[k], 5));
  });

  it.each([3, 7])("make the same steps in chunks of %i rows", async (chunkSize) => {
    const towers = [null, chunkSize].map((size) => {
      const model = new TwoTowers({ query: head(), document: head() });
      return [model, trainerOf(model, size)] as const;
    });
    for (const [, trainer] of towers) await trainer.train({ steps: 4 });
    const [whole, parts] = towers.map(([model]) => Object.values(model.parameters!).map(({ data }) => data));
    whole.forEach((data, m) => data.forEach((x, k) => expect(parts[m][k]).toBeCloseTo(x, 5)));
  });

  it("go on from a saved state in the same bits", async () => {
    const make = (): Trainer => trainerOf(new TwoTowers({ query: head(), document: head() }));
    const [whole, first, second] = [make(), make(), make()];
    await whole.train({ steps: 6 });
    await first.train({ steps: 2 });
    await second.loadBytes(await first.toBytes());
    await second.train({ steps: 4 });
    expect(second.model.parameters).toEqual(whole.model.parameters);
  });

  it("learn by models whose tape lives inside a call only", async () => {
    const inner = [head(), head()];
    const taped = inner.map((model): Model => ({
      embed: (inputs) => model.embed(inputs),
      backward: () => {
        throw new Error("its tape is gone");
      },
      step: () => model.step(),
      learn(inputs, slopeOf) {
        model.backward(slopeOf(model.embed(inputs, true)));
      },
    }));
    const [plain, other] = [
      new TwoTowers({ query: head(), document: head() }),
      new TwoTowers({ query: taped[0], document: taped[1] }),
    ];
    await trainerOf(plain).train({ steps: 3 });
    await trainerOf(other).train({ steps: 3 });
    expect(inner[0].parameters).toEqual((plain.query as ProjectionHead).parameters);
    expect(inner[1].parameters).toEqual((plain.document as ProjectionHead).parameters);
  });

  it("refuse what are no towers, and rows of one column", () => {
    const query = head();
    expect(() => new TwoTowers({ query: {} as never, document: null })).toThrow("query is");
    expect(() => new TwoTowers({ query, document: 3 as never })).toThrow("document is 3");
    expect(() => new TwoTowers({ query, document: query })).toThrow("the same model");
    expect(() => new TwoTowers({ query, document: null }).backward()).toThrow("belongs to one of two towers");
    const data = { inputs: anchors, labels: Array.from({ length: 40 }, (_, i) => i % 4) };
    const sampler = new UniformBatchSampler(40, { batchSize: 10 });
    const make = (): Trainer =>
      new Trainer({
        model: new TwoTowers({ query, document: null }),
        loss: new MultipleNegativesRankingLoss(),
        sampler,
        data,
      });
    expect(make).toThrow("two towers embed rows of two columns or more");
  });
});

describe("a query adapter", () => {
  it("finds unseen documents of unseen queries better than the vectors as they are", async () => {
    // queries are documents turned and drowned: what turns them back can be learned from other pairs
    const random = new Random(5);
    const documents = randomMatrix(300, 16, 6);
    const turned = randomMatrix(16, 16, 7);
    const queries: Matrix = { data: new Float32Array(300 * 16), rows: 300, cols: 16 };
    for (let i = 0; i < 300; i++)
      for (let j = 0; j < 16; j++) {
        let sum = documents.data[i * 16 + j] + 0.3 * random.normal();
        for (let k = 0; k < 16; k++) sum += 0.4 * documents.data[i * 16 + k] * turned.data[k * 16 + j];
        queries.data[i * 16 + j] = sum;
      }
    const rows = ({ data, cols }: Matrix, start: number, end: number): Matrix => ({
      data: data.slice(start * cols, end * cols),
      rows: end - start,
      cols,
    });
    const adapter = new TwoTowers({ query: new ProjectionHead({ map: identityMap(16) }), document: null });
    const trainer = new Trainer({
      model: adapter,
      loss: new MultipleNegativesRankingLoss(),
      sampler: new UniformBatchSampler(200, { batchSize: 50, seed: 1 }),
      data: { anchors: rows(queries, 0, 200), positives: rows(documents, 0, 200) },
    });
    const [unseen, index] = [rows(queries, 200, 300), rows(documents, 200, 300)];
    const before = hits(unseen, index);
    await trainer.train({ steps: 200 });
    expect(hits(adapter.embedQuery(unseen), index)).toBeGreaterThan(before + 10);
  });
});

/** Queries whose nearest document by cosine is their own. */
function hits(queries: Matrix, documents: Matrix): number {
  const cosine = (i: number, j: number): number => {
    let [dot, square] = [0, 0];
    for (let k = 0; k < queries.cols; k++) {
      dot += queries.data[i * queries.cols + k] * documents.data[j * queries.cols + k];
      square += documents.data[j * queries.cols + k] ** 2;
    }
    return dot / Math.sqrt(square);
  };
  let count = 0;
  for (let i = 0; i < queries.rows; i++) {
    let best = 0;
    for (let j = 1; j < documents.rows; j++) if (cosine(i, j) > cosine(i, best)) best = j;
    if (best === i) count++;
  }
  return count;
}
