import { describe, expect, test } from "vitest";
import {
  CascadedEmbeddings,
  ContrastiveLoss,
  HDCMiner,
  LpDistance,
  SupConLoss,
  TripletMarginLoss,
  type CascadedEmbeddingsOptions,
  type Matrix,
} from "../../../src/index.ts";
import {
  bentModel,
  expectLearned,
  expectSameEnd,
  expectSlopesOfDifferences,
  learner,
  linearModel,
  movesOf,
  sampler,
  training,
} from "./fixtures.ts";

const embeddingSizes = [2, 3];

function make(given: Partial<CascadedEmbeddingsOptions> = {}) {
  const models = {
    trunk: bentModel(12, 4, 1),
    embedder: linearModel(4, 5, 2),
    classifier1: linearModel(3, 4, 3),
  };
  const lossFuncs = {
    metricLoss0: new TripletMarginLoss({ smoothLoss: true, margin: 0.2 }),
    metricLoss1: new SupConLoss({ temperature: 1 }),
  };
  const shared = { embeddingSizes, sampler: sampler(), data: training };
  return { trainer: new CascadedEmbeddings({ models, lossFuncs, ...shared, ...given }), models };
}

/** The columns of the rows. */
function part({ data, cols }: Matrix, rows: ArrayLike<number>, from: number, to: number): number[][] {
  return Array.from(rows, (row) => Array.from(data.slice(row * cols + from, row * cols + to)));
}

describe("CascadedEmbeddings", () => {
  test("learns, with miners one behind the other", { tags: ["long"] }, async () => {
    const { trainer } = make({
      models: { trunk: learner(12, 8, 1), embedder: learner(8, 6, 2), classifier0: learner(3, 4, 3) },
      lossFuncs: { metricLoss0: new ContrastiveLoss(), metricLoss1: new ContrastiveLoss() },
      miningFuncs: { tupleMiner0: new HDCMiner(), tupleMiner1: new HDCMiner() },
      embeddingSizes: [3, 3],
    });
    await trainer.train({ epochs: 40 });
    expectLearned(trainer.model);
  });

  test("pulls slopes through all models as finite differences do", { tags: ["long"] }, () => {
    const lossWeights = { metricLoss0: 0.5, metricLoss1: 2, classifierLoss1: 3 };
    expectSlopesOfDifferences(() => make({ lossWeights }));
  });

  test("each loss is of its part of the embeddings", () => {
    const lossFuncs = { metricLoss0: new SupConLoss(), metricLoss1: new SupConLoss() };
    const { trainer } = make({ lossFuncs, lossWeights: { metricLoss1: 2 } });
    const all = trainer.model.embed(training.inputs);
    const { rows, labels, losses, value, embeddings } = trainer.step();
    expect(losses!["metricLoss0"]).toBeCloseTo(new SupConLoss().evaluate(part(all, rows, 0, 2), labels).value, 6);
    expect(losses!["metricLoss1"]).toBeCloseTo(new SupConLoss().evaluate(part(all, rows, 2, 5), labels).value, 6);
    expect(value).toBeCloseTo(losses!["metricLoss0"] + 2 * losses!["metricLoss1"] + losses!["classifierLoss1"], 10);
    expect(part(embeddings, [0, 1, 2], 0, 5)).toEqual(part(all, rows.slice(0, 3), 0, 5));
  });

  test("an HDCMiner chooses from what the one before it has chosen", () => {
    const lossFuncs = { metricLoss0: new ContrastiveLoss(), metricLoss1: new ContrastiveLoss() };
    const miners = [0.5, 0.5].map((filterPercentage) => new HDCMiner({ filterPercentage }));
    const { trainer } = make({ lossFuncs, miningFuncs: { tupleMiner0: miners[0], tupleMiner1: miners[1] } });
    const all = trainer.model.embed(training.inputs);
    const { rows, labels, losses } = trainer.step();
    const counts = miners.map(({ statistics: { numPosPairs, numNegPairs } }) => [numPosPairs, numNegPairs]);
    expect(counts).toEqual([
      [24, 96],
      [12, 48],
    ]);
    const first = new HDCMiner().mine(part(all, rows, 0, 2), labels);
    const second = new HDCMiner();
    second.setIdxExternally(first);
    const tuples = second.mine(part(all, rows, 2, 5), labels);
    const { value } = new ContrastiveLoss().evaluate(part(all, rows, 2, 5), labels, { tuples });
    expect(losses!["metricLoss1"]).toBeCloseTo(value, 6);
    // the miner is as it was
    expect(miners[1].mine(part(all, rows, 2, 5), labels).anchors1.length).toBe(24);
  });

  test("an HDCMiner begins anew where the part before it has no miner", () => {
    const miner = new HDCMiner({ distance: new LpDistance() });
    make({ miningFuncs: { tupleMiner1: miner } }).trainer.step();
    expect(miner.statistics.numPosPairs).toBe(24);
  });

  test("a classifier alone trains its part alone", () => {
    const models = { trunk: bentModel(12, 4, 1), embedder: linearModel(4, 5, 2), classifier1: linearModel(3, 4, 3) };
    const { trainer } = make({ models, lossFuncs: {} });
    const moves = movesOf({ trainer, models });
    const columns = moves["embedder.bias0"].map((move) => (move === 0 ? 0 : 1));
    expect(Array.from(columns)).toEqual([0, 0, 1, 1, 1]);
  });

  test("goes on from a state to the same end", async () => {
    const miningFuncs = () => ({ tupleMiner0: new HDCMiner(), tupleMiner1: new HDCMiner() });
    await expectSameEnd(() => make({ miningFuncs: miningFuncs() }).trainer);
  });

  test.each([
    [{ embeddingSizes: [] }, "embeddingSizes is an array of 0; give a list with the columns of each part"],
    [{ embeddingSizes: [2, 0.5] }, "embeddingSizes[1] is 0.5; give a whole number >= 1"],
    [
      { lossFuncs: { metricLoss2: new SupConLoss() } },
      'CascadedEmbeddings knows no entry of lossFuncs "metricLoss2"; did you mean "metricLoss0"?',
    ],
    [
      { lossFuncs: { metricLoss0: new SupConLoss(), classifierLoss0: new SupConLoss() } },
      "CascadedEmbeddings's classifierLoss0 has no classifier0; give both or neither",
    ],
    [
      { lossFuncs: { metricLoss0: new SupConLoss() }, miningFuncs: { tupleMiner1: new HDCMiner() } },
      "CascadedEmbeddings's tupleMiner1 has no metricLoss1 to mine for; give both or neither",
    ],
    [
      { models: { trunk: bentModel(12, 5, 1) }, lossFuncs: {} },
      "CascadedEmbeddings's lossFuncs is empty; give metricLoss0 for the first part, or more",
    ],
  ])("refuses %o", (given, message) => {
    expect(() => make(given as never)).toThrow(message);
  });

  test("refuses embeddings that are not as wide as the parts together", () => {
    const models = { trunk: bentModel(12, 6, 1) };
    expect(() => make({ models }).trainer.step()).toThrow(
      "the embeddings have 6 columns; embeddingSizes are 5 together",
    );
  });
});
