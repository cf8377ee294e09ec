import { describe, expect, test, vi } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { AccuracyCalculator } from "../../../src/evaluation/accuracy/accuracyCalculator.ts";
import { SupConLoss } from "../../../src/losses/pairs/supConLoss.ts";
import type { Label } from "../../../src/matrix/labels.ts";
import { takeRows, zeros } from "../../../src/matrix/matrix.ts";
import { Random } from "../../../src/matrix/random.ts";
import { MultiSimilarityMiner } from "../../../src/miners/multiSimilarityMiner.ts";
import { UniformBatchSampler } from "../../../src/samplers/uniformBatchSampler.ts";
import { ProjectionHead } from "../../../src/training/heads/projectionHead.ts";
import type { HeadModel } from "../../../src/training/search/headRecipe.ts";
import { holdOutParts } from "../../../src/training/search/heldParts.ts";
import type { SearchSnapshot } from "../../../src/training/search/searchSnapshot.ts";
import { type JudgedQueries, trainHead, type TrainHeadOptions } from "../../../src/training/search/trainHead.ts";
import { randomMatrix } from "../fixtures.ts";

const classes = 60;
const perClass = 8;
const cols = 24;

/** Classes around random centres; within them rows differ by `noise` in half of the columns and by `other` in the rest. */
function rowsWith(noise: number, other: number, seed: number) {
  const random = new Random(seed);
  const centres = randomMatrix(classes, cols, seed + 1);
  const inputs = randomMatrix(classes * perClass, cols, seed + 2);
  const labels = Array.from({ length: inputs.rows }, (_, i) => i % classes);
  inputs.data.forEach((_, k) => {
    const [i, j] = [Math.floor(k / cols), k % cols];
    inputs.data[k] = centres.data[labels[i] * cols + j] + (j % 2 === 0 ? noise : other) * random.normal();
  });
  return { inputs, labels };
}

const few: TrainHeadOptions = { plan: { closedForms: 17, contestants: 2, rounds: [20] }, seed: 3 };

describe("trainHead", { tags: ["long"] }, () => {
  test("finds what there is to find: columns that tell nothing are shortened", async () => {
    const result = await trainHead(rowsWith(6, 0.7, 1), few);
    expect(result.isBetter).toBe(true);
    expect(result.metrics.gain.meanAveragePrecisionAtR.low).toBeGreaterThan(0.1);
    expect(result.metrics.after.precisionAt1).toBeGreaterThan(result.metrics.before.precisionAt1 + 0.2);
  });

  test("gives the head that was judged, which the part to judge by has not touched", async () => {
    const rows = rowsWith(6, 0.7, 1);
    const result = await trainHead(rows, few);
    const among = { ...rows, inputs: result.judgedHead.embed(rows.inputs) };
    const judge = {
      query: takeRows(among.inputs, result.parts.judge),
      queryLabels: Array.from(result.parts.judge, (row) => rows.labels[row]),
    };
    const { metrics } = new AccuracyCalculator({
      include: ["precisionAt1"],
      distance: new CosineSimilarity(),
    }).getAccuracy(judge);
    expect(metrics.precisionAt1).toBeCloseTo(result.metrics.after.precisionAt1, 12);
    // other values in the part to judge by change the last head, and not this one
    const inputs = { ...rows.inputs, data: rows.inputs.data.slice() };
    for (const row of result.parts.judge) for (let j = 0; j < cols; j++) inputs.data[row * cols + j] *= 1.5;
    const other = await trainHead({ ...rows, inputs }, few);
    expect(other.judgedHead.embed(rows.inputs)).toEqual(result.judgedHead.embed(rows.inputs));
    expect(other.embed(rows.inputs)).not.toEqual(result.embed(rows.inputs));
  });

  test("says so when there is nothing to find, and leaves the vectors as they are", async () => {
    const rows = rowsWith(0.9, 0.9, 4);
    const result = await trainHead(rows, few);
    expect(result.isBetter).toBe(false);
    expect(result.embed(rows.inputs)).toEqual(rows.inputs);
    expect(result.metrics.after).toEqual(result.metrics.before);
    expect(result.metrics.gain.score).toEqual({ value: 0, low: 0, high: 0 });
    expect(result.advice.join("\n")).toContain("classes");
  });

  test("finds the same head again with the same plan and seed", async () => {
    const rows = rowsWith(3, 0.7, 7);
    const [first, second] = [await trainHead(rows, few), await trainHead(rows, few)];
    expect(second.embed(rows.inputs)).toEqual(first.embed(rows.inputs));
    expect(second.candidates.map(({ seconds: _, ...each }) => each)).toEqual(
      first.candidates.map(({ seconds: _, ...each }) => each),
    );
  });

  test("makes its own plan from a budget, and that plan finds the head again", async () => {
    const rows = rowsWith(3, 0.7, 8);
    const first = await trainHead(rows, { budgetSeconds: 2 });
    const second = await trainHead(rows, { plan: first.plan });
    expect(second.embed(rows.inputs)).toEqual(first.embed(rows.inputs));
    expect(first.plan.contestants).toBeGreaterThanOrEqual(2);
    expect([20, 40, 60]).toContain(first.plan.firstSteps);
  });

  test("learns and chooses nothing from the part to judge by", async () => {
    const rows = rowsWith(6, 0.7, 1);
    const first = await trainHead(rows, few);
    const changed = { data: rows.inputs.data.slice(), rows: rows.inputs.rows, cols };
    for (const row of first.parts.judge)
      for (let j = 0; j < cols; j++) changed.data[row * cols + j] = 100 * Math.sin(row * j + 1);
    const labels = rows.labels.map((label, row) => (first.parts.judge.includes(row) ? (label + row) % classes : label));
    const second = await trainHead({ inputs: changed, labels }, { ...few, parts: first.parts });
    expect(second.judgedHead.embed(rows.inputs)).toEqual(first.judgedHead.embed(rows.inputs));
    expect(second.chosenGain).toEqual(first.chosenGain);
    expect(second.candidates.map(({ score }) => score)).toEqual(first.candidates.map(({ score }) => score));
    expect(second.metrics).not.toEqual(first.metrics);
  });

  test("judges rows of known classes among those that it was trained on", async () => {
    const rows = rowsWith(4, 0.7, 9);
    const result = await trainHead(rows, { ...few, holdOutBy: "sample" });
    expect(result.parts.by).toBe("sample");
    expect(result.metrics.gain.meanAveragePrecisionAtR.low).toBeGreaterThan(0);
  });

  test("goes on from any snapshot to the same bits", async () => {
    const rows = rowsWith(6, 0.7, 1);
    const options: TrainHeadOptions = { ...few, plan: { closedForms: 4, contestants: 3, rounds: [40, 20] } };
    const snapshots: SearchSnapshot[] = [];
    const whole = await trainHead(rows, { ...options, onSnapshot: (each) => void snapshots.push(each) });
    expect(snapshots.length).toBeGreaterThan(5);
    for (const resume of snapshots.filter((_, k) => k % 3 === 0)) {
      const later: SearchSnapshot[] = [];
      const again = await trainHead(rows, {
        ...options,
        resume: structuredClone(resume),
        onSnapshot: (each) => void later.push(each),
      });
      expect(again.embed(rows.inputs)).toEqual(whole.embed(rows.inputs));
      expect(again.candidates.map(({ seconds: _, ...each }) => each)).toEqual(
        whole.candidates.map(({ seconds: _, ...each }) => each),
      );
      // nothing that was trained is trained again, and what is kept never holds less than what was gone on from
      for (const { contestants } of later) {
        expect(contestants.length).toBeGreaterThanOrEqual(resume.contestants.length);
        contestants.forEach(({ steps }, i) => expect(steps).toBeGreaterThanOrEqual(resume.contestants[i]?.steps ?? 0));
      }
    }
  });

  test("keeps what of a plan was settled when it was killed, whatever time there is then", async () => {
    const rows = rowsWith(3, 0.7, 8);
    const snapshots: SearchSnapshot[] = [];
    const whole = await trainHead(rows, { budgetSeconds: 1, onSnapshot: (each) => void snapshots.push(each) });
    const settled = snapshots.find(({ plan }) => plan.rounds !== undefined)!;
    const again = await trainHead(rows, { budgetSeconds: 1e-3, resume: settled });
    expect(again.plan).toEqual(whole.plan);
    expect(again.embed(rows.inputs)).toEqual(whole.embed(rows.inputs));
  });

  test("refuses a snapshot of another search", async () => {
    const rows = rowsWith(3, 0.7, 8);
    const snapshots: SearchSnapshot[] = [];
    await trainHead(rows, { ...few, onSnapshot: (each) => void snapshots.push(each) });
    const resume = snapshots[0];
    await expect(trainHead(rowsWith(3, 0.7, 9), { ...few, resume })).rejects.toThrow("another search");
    await expect(trainHead(rows, { ...few, seed: 4, resume })).rejects.toThrow("another search");
    await expect(trainHead(rows, { ...few, resume: {} as never })).rejects.toThrow("resume is");
  });

  test("lists what it tried, the best first, the vectors as they are among them", async () => {
    const { candidates, recipe } = await trainHead(rowsWith(6, 0.7, 1), few);
    const scores = candidates.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    // of those that cannot be told from the best it may be another
    expect(candidates.filter(({ score }) => score > scores[0] - 0.05).map((each) => each.recipe)).toContain(recipe);
    expect(candidates.map(({ title }) => title)).toContain("the vectors as they are");
    expect(candidates.filter(({ steps }) => steps > 0)).toHaveLength(2);
  });

  test("ends early on a signal, with the best so far", async () => {
    const controller = new AbortController();
    const result = await trainHead(rowsWith(6, 0.7, 1), {
      plan: { closedForms: 17, contestants: 8, rounds: [400, 400, 400] },
      signal: controller.signal,
      onProgress: ({ phase }) => phase === "contest" && controller.abort(),
    });
    expect(result.isBetter).toBe(true);
    expect(result.candidates.every(({ steps }) => steps <= 20)).toBe(true);
    expect(result.metrics.gain.meanAveragePrecisionAtR.low).toBeGreaterThan(0);
  });

  test("chooses losses by the sizes of the classes, and says why", async () => {
    const rows = rowsWith(3, 0.7, 2);
    const usual = await trainHead(rows, few);
    expect(usual.lossesReason).toContain("losses that compare pairs");
    expect(usual.advice).toEqual([]);
    // 300 of the 480 rows have a class of their own
    const labels = rows.labels.map((label, i) => (i < 300 ? 1000 + i : label));
    const rare = await trainHead({ ...rows, labels }, few);
    expect(rare.lossesReason).toContain("pairs of one class are rare");
    expect(rare.candidates.some(({ title }) => title.includes("NormalizedSoftmaxLoss"))).toBe(true);
  });

  test("works in fewer directions where there are very many columns, and gives a head of all of them", async () => {
    const narrow = rowsWith(3, 0.7, 2);
    const random = new Random(5);
    const wide = zeros(narrow.inputs.rows, 1100);
    // the columns of the narrow rows among a thousand with hardly anything in them
    for (let k = 0; k < wide.data.length; k++) wide.data[k] = 1e-3 * random.normal();
    for (let i = 0; i < wide.rows; i++)
      for (let j = 0; j < cols; j++) wide.data[i * 1100 + 40 * j] = narrow.inputs.data[i * cols + j];
    const plan = { closedForms: 3, contestants: 1, rounds: [] };
    const { isBetter, head, embed, toBytes } = await trainHead(
      { inputs: wide, labels: narrow.labels },
      { ...few, plan },
    );
    expect(isBetter).toBe(true);
    expect(head.inputSize).toBe(1100);
    expect(ProjectionHead.fromBytes(toBytes()).embed(wide)).toEqual(embed(wide));
  });

  test("is judged by one's own judge, which is asked about the vectors as they are and about the chosen head", async () => {
    const rows = rowsWith(3, 0.7, 2);
    const judged: (HeadModel | null)[] = [];
    const judge = (head: HeadModel | null): JudgedQueries => {
      judged.push(head);
      const hit = Float64Array.of(head === null ? 0 : 1, 0);
      return {
        rows: Int32Array.of(0, 1),
        labels: ["a", "b"],
        precisionAt1: hit,
        averagePrecisionAtR: hit,
        reciprocalRank: hit,
      };
    };
    const { metrics, judgedHead } = await trainHead(rows, { ...few, judge });
    expect(judged).toEqual([null, judgedHead]);
    expect(metrics).toMatchObject({ before: { precisionAt1: 0 }, after: { precisionAt1: 0.5 } });
    await expect(trainHead(rows, { ...few, judge: 3 as never })).rejects.toThrow(
      "judge is 3; give a function that judges",
    );
  });

  test("tries the losses it is given", async () => {
    const losses = [{ name: "mine", make: () => new SupConLoss({ temperature: 0.3 }) }];
    const { candidates } = await trainHead(rowsWith(3, 0.7, 2), { ...few, losses });
    expect(candidates.filter(({ steps }) => steps > 0).every(({ title }) => title.includes("mine"))).toBe(true);
  });

  test("keeps to the parts, the hidden layers, the rate, the miner and the sampler that it is given", async () => {
    const rows = rowsWith(3, 0.7, 2);
    const parts = holdOutParts(rows.labels, { by: "sample", judgeShare: 0.5, chooseShare: 0.5, seed: 9 });
    const miner = vi.fn(() => new MultiSimilarityMiner());
    const sampler = vi.fn((labels: readonly Label[]) => new UniformBatchSampler(labels.length, { batchSize: 32 }));
    const wishes = { hidden: [5], learningRate: 0.01, miner, sampler };
    const result = await trainHead(rows, { ...few, parts, ...wishes });
    expect(result.parts).toEqual({ ...parts, leftOut: 0 });
    const trained = result.candidates.filter(({ steps }) => steps > 0);
    expect(trained).toHaveLength(2);
    for (const { recipe } of trained) expect(recipe).toMatchObject({ map: null, hidden: [5], learningRate: 0.01 });
    expect(miner).toHaveBeenCalled();
    expect(sampler.mock.calls[0][0]).toEqual(Array.from(parts.train, (row) => rows.labels[row]));
  });

  test("leaves the vectors as they are when the head it chose turns out worse on the part to judge by", async () => {
    const rows = rowsWith(6, 0.7, 1);
    const parts = holdOutParts(rows.labels, { by: null, judgeShare: 0.3, chooseShare: 0.25, seed: 3 });
    // what helps elsewhere is all that tells the classes to judge by apart
    for (const row of parts.judge)
      for (let j = 0; j < cols; j++)
        rows.inputs.data[row * cols + j] = j % 2 === 0 ? 9 * Math.sin(rows.labels[row] * (j + 1)) : Math.sin(row * j);
    const { chosenGain, metrics, isBetter, embed, judgedHead, toBytes } = await trainHead(rows, { ...few, parts });
    expect(chosenGain.score.low).toBeGreaterThan(0);
    expect(metrics.gain.score.high).toBeLessThan(0);
    expect(isBetter).toBe(false);
    expect(embed(rows.inputs)).toEqual(rows.inputs);
    expect(ProjectionHead.fromBytes(toBytes()).embed(rows.inputs)).toEqual(rows.inputs);
    expect(judgedHead.embed(rows.inputs)).not.toEqual(rows.inputs);
  });

  test("refuses what it cannot part", async () => {
    const { inputs, labels } = rowsWith(1, 1, 1);
    await expect(trainHead({ inputs, labels: labels.slice(1) })).rejects.toThrow(
      "labels has 479 entries for 480 inputs",
    );
    await expect(trainHead({ inputs, labels: labels.map((_, i) => i) })).rejects.toThrow("four rows or more");
    await expect(trainHead({ inputs, labels }, { budget: 3 } as never)).rejects.toThrow("budget");
  });

  test.each([
    [null, {}, "rows is null; give { inputs, labels }"],
    [{ inputs: [[1]] }, {}, "labels is undefined"],
    [{ inputs: [[1e38]], labels: [1] }, {}, "numbers up to 1e+30 can be trained on"],
    [undefined, { budgetSeconds: 0 }, "budgetSeconds is 0"],
    [undefined, { m: 1 }, "m is 1"],
    [undefined, { batchSize: 2 }, "batchSize is 2"],
    [undefined, { holdOutBy: "rows" }, 'holdOutBy is "rows"'],
    [undefined, { losses: [] }, "losses is empty"],
    [undefined, { learningRate: 0 }, "learningRate is 0"],
    [undefined, { hidden: [0] }, "hidden[0] is 0"],
    [undefined, { miner: {} }, "miner is an object of type Object; give a function that makes a miner"],
    [undefined, { sampler: 3 }, "sampler is 3; give a function that makes a sampler"],
    [undefined, { parts: {} }, "parts.by is undefined"],
    [undefined, { parts: { by: "class", train: [0], choose: [], judge: [] } }, "parts.train has 1 rows"],
    [undefined, { parts: { by: "class", train: [0, 1], choose: [2, 480], judge: [] } }, "a row of parts.choose is 480"],
    [undefined, { parts: { by: "class", train: [0, 1], choose: [2, 1], judge: [] } }, "row 1 is in parts.train and in"],
    [undefined, { plan: {} }, "plan.closedForms is undefined"],
    [undefined, { plan: { closedForms: 1, contestants: 2, rounds: [1.5] } }, "plan.rounds[0] is 1.5"],
  ])("says of %o with %o what is needed", async (rows, options, sentence) => {
    await expect(trainHead((rows === undefined ? rowsWith(1, 1, 1) : rows) as never, options as never)).rejects.toThrow(
      sentence,
    );
  });
});
