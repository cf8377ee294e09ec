// @module-tag long
import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import {
  Adam,
  ContrastiveLoss,
  CrossBatchMemory,
  DistanceWeightedMiner,
  LossMonitor,
  MlpModel,
  MultipleLosses,
  ProxyAnchorLoss,
  RunRecord,
  SGD,
  SubCenterArcFaceLoss,
  TripletMarginLoss,
  type BatchSampler,
  type Evaluation,
  type Loss,
  type Miner,
  type SamplerDescription,
  type State,
  type StepEvent,
  type TrainingControl,
} from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";
import type { Keeper } from "../../src/state/loading.ts";
import { callOf, evaluate, lossClasses, makeLoss } from "../support/describedLosses.ts";
import { describeStateContract } from "../support/stateContract.ts";
import { randomMatrix } from "../training/fixtures.ts";

const labels = Array.from({ length: 40 }, (_, i) => `class ${i % 8}`);

for (const Class of lossClasses)
  describeStateContract<State>(
    Class.name,
    () => makeLoss(Class),
    () => {
      const loss = makeLoss(Class, { seed: 3 });
      evaluate(loss, callOf(Class.description.takes));
      return loss;
    },
  );

for (const { description } of describedClasses(kindred, "sampler")) {
  const make = (): BatchSampler => (description as SamplerDescription).example(labels, 1);
  describeStateContract(description.name, make, () => {
    const sampler = make();
    sampler.epoch().next();
    return sampler;
  });
}

describeStateContract<State>(
  "DistanceWeightedMiner",
  () => new DistanceWeightedMiner({ seed: 1 }),
  () => {
    const miner = new DistanceWeightedMiner({ seed: 2 });
    miner.mine(randomMatrix(12, 3, 1), labels.slice(0, 12));
    return miner;
  },
);

const manyParts = (seed: number): Loss =>
  new MultipleLosses(
    {
      memory: new CrossBatchMemory(new TripletMarginLoss({ tripletsPerAnchor: 2, seed, whenSilent: "ignore" }), {
        embeddingSize: 4,
        memorySize: 9,
        miner: new DistanceWeightedMiner({ seed }),
      }),
      classes: new SubCenterArcFaceLoss({ numClasses: 3, embeddingSize: 4, seed, sampledClasses: 2 }),
    },
    { miners: { memory: null, classes: new DistanceWeightedMiner({ seed }) } },
  );
describeStateContract<State>("losses with miners", () => manyParts(1));

for (const optimizer of [() => new Adam(), () => new SGD({ momentum: 0.9 })]) {
  const { name } = optimizer();
  const W = randomMatrix(2, 3, 1);
  const parameters = { W, V: randomMatrix(1, 3, 2) };
  describeStateContract(name, optimizer, () => {
    const used = optimizer();
    used.update(parameters, { W });
    return used;
  });

  const model = (): MlpModel => new MlpModel({ inputSize: 4, outputSize: 2, hidden: [3], optimizer: optimizer() });
  describeStateContract(`an MlpModel with ${name}`, model, () => {
    const used = model();
    used.backward(used.embed(randomMatrix(5, 4, 1), true));
    used.step();
    return used;
  });
}

for (const [steps, name] of [
  [0, "a LossMonitor"],
  [9, "a LossMonitor that has found something"],
] as const)
  describeStateContract<State>(name, watching(0), watching(steps));

describeStateContract<State>("a RunRecord", () => new RunRecord(), recorded);

describe("a state says whose it is", () => {
  it("so that none is taken by anything else, though it has the same names", () => {
    const keepers: Keeper<State>[] = [
      ...lossClasses.map((Class) => makeLoss(Class)),
      ...describedClasses(kindred, "sampler").map(({ description }) => (description as SamplerDescription).example(labels, 1) as Keeper<State>), // prettier-ignore
      ...describedClasses(kindred, "miner").map((Class) => new (Class as unknown as new (options: object) => Miner)((Class.description as { example?: () => object }).example?.() ?? {})).filter((miner) => miner.state !== undefined) as Keeper<State>[], // prettier-ignore
    ];
    const states = keepers.map((keeper) => keeper.state());
    expect(new Set(states.map(({ kind }) => kind)).size).toBe(keepers.length);
    keepers.forEach((keeper, k) =>
      states.forEach((state, other) => {
        if (other !== k)
          expect(() => keeper.load(state)).toThrow(`this is the state of ${state["kind"] as string}, not of`);
      }),
    );
  });

  it("and names all that is missing and unexpected", () => {
    const loss = new ProxyAnchorLoss({ numClasses: 3, embeddingSize: 4 });
    const { proxies } = loss.state();
    expect(() => loss.load({ kind: "ProxyAnchorLoss", proxy: proxies, W: proxies })).toThrow(
      "the state has no proxies and has the unexpected proxy, W; it is not of this ProxyAnchorLoss, give what state() of one with the same options returned",
    );
  });
});

describe("a wrapper's state", () => {
  it("that is refused in its last part leaves the first as they were, those of the caller's own too", () => {
    const own = ownLoss();
    const losses = new MultipleLosses({ own, proxies: new ProxyAnchorLoss({ numClasses: 3, embeddingSize: 4 }) });
    const state = losses.state() as { losses: Record<string, State> };
    const before = losses.state();
    const unsound = { ...state, losses: { own: { kind: "Own", value: 7 }, proxies: {} } };
    expect(() => losses.load(unsound)).toThrow(/the state's kind is undefined/);
    expect(losses.state()).toEqual(before);
    losses.load({ ...state, losses: { ...state.losses, own: { kind: "Own", value: 7 } } });
    expect(own.state()).toEqual({ kind: "Own", value: 7 });
  });

  it("that a part of the caller's own refuses halfway leaves that part as it was", () => {
    const own = ownLoss();
    const losses = new MultipleLosses({ own });
    expect(() => losses.load({ kind: "MultipleLosses", losses: { own: { kind: "Own", value: -1 } } })).toThrow(
      "below 0",
    );
    expect(own.state()).toEqual({ kind: "Own", value: 1 });
  });

  it("of a memory is taken however many rows it holds, and only whole", { timeout: 20_000 }, () => {
    const make = (): CrossBatchMemory =>
      new CrossBatchMemory(new ContrastiveLoss(), { embeddingSize: 1, memorySize: 300_000 });
    const memoryLabels = Array.from({ length: 300_000 }, (_, i) => i);
    const memory = make();
    memory.load({ ...make().state(), memoryLabels, hasBeenFilled: true });
    expect(memory.memoryLabels).toEqual(memoryLabels);
    const refused = [
      { memoryLabels },
      { memoryLabels, hasBeenFilled: true, queueIdx: 300_000 },
      { memoryLabels: [...memoryLabels, 1], hasBeenFilled: true },
      { queueIdx: 3 },
      { memoryLabels: [NaN], queueIdx: 1 },
      { memoryLabels: [{}], queueIdx: 1 },
      { memoryLabels: "a", queueIdx: 1 },
    ];
    for (const change of refused) {
      const other = make();
      expect(() => other.load({ ...make().state(), ...change } as State)).toThrow(/^the state('s)? .{20,}/);
      expect([other.queueIdx, other.memoryLabels.length, other.hasBeenFilled]).toEqual([0, 0, false]);
    }
  });
});

/** A loss as someone writes who knows state and load alone, and checks late. */
function ownLoss(): Loss {
  const loss = new ContrastiveLoss();
  let value = 1;
  return {
    name: "Own",
    needs: loss.needs,
    description: loss.description,
    parameters: {},
    evaluate: (embeddings, given) => loss.evaluate(embeddings, given),
    state: () => ({ kind: "Own", value }),
    load: (state) => {
      value = state["value"] as number;
      if (value < 0) throw new RangeError("the value is below 0");
    },
  };
}

/** Makes a monitor that has observed so many steps of one loss, silent ones first. */
function watching(steps: number): () => LossMonitor {
  return () => {
    const monitor = new LossMonitor({ window: 2, silentRun: 2 });
    const { report, gradients } = evaluated();
    for (let step = 1; step <= steps; step++) {
      const status = step < 4 ? "no-positive-pairs" : "learning";
      monitor.observe({ step, value: 2, report: { ...report, status }, gradients, embeddings: randomMatrix(6, 3, 1) });
    }
    expect(monitor.findings.map(({ name }) => name)).toEqual(steps === 0 ? [] : ["silent-batches", "flat-loss"]);
    return monitor;
  };
}

/** A record of two steps, the first an epoch's last, and an evaluation. */
function recorded(): RunRecord {
  const record = new RunRecord();
  const { value, report } = evaluated();
  record.onStart();
  for (const step of [1, 2]) {
    const event = {
      step,
      epoch: step,
      value,
      report,
      liveShare: 0.5,
      rows: Int32Array.of(0, 1),
      samplesPerSecond: 100,
    };
    record.onStep(event as unknown as StepEvent, { epochsDone: 1 } as TrainingControl);
  }
  record.onEvaluation({ step: 2, epoch: 1, metrics: { score: NaN } });
  record.onEnd();
  return record;
}

function evaluated(): Evaluation {
  return new ContrastiveLoss().evaluate(randomMatrix(6, 3, 1), [0, 0, 1, 1, 2, 2]);
}
