import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  LossMonitor,
  Random,
  SupConLoss,
  type BatchReport,
  type BatchStatus,
  type Finding,
  type FindingName,
  type LossMonitorOptions,
  type Matrix,
  type ObservedStep,
  ContrastiveLoss,
  CrossBatchMemory,
  MlpModel,
  MPerClassSampler,
  MultipleLosses,
  MultiSimilarityMiner,
  Trainer,
  TripletMarginLoss,
  UniformBatchSampler,
  VICRegLoss,
  type TrainingParts,
} from "../../../src/index.ts";

const random = new Random(4);

function reportOf(status: BatchStatus = "learning", anchorsWithoutPositives = 0): BatchReport {
  return {
    status,
    anchors: 40,
    classes: 10,
    positivePairs: 120,
    negativePairs: 1440,
    anchorsWithoutPositives,
    items: 40,
    activeItems: 40,
  };
}

/** A batch whose rows share a direction to an extent: 0 none, 1 all. */
function batch(common = 0, directions = 16, cols = 16): Matrix {
  const data = Float32Array.from({ length: 40 * cols }, (_, at) => {
    const k = at % cols;
    return (1 - common) * (k < directions ? random.normal() : 0) + common * (k === 0 ? 10 : 0);
  });
  return { data, rows: 40, cols };
}

/** A healthy step: a loss that falls, a gradient of some norm. */
function stepOf(step: number, given: Partial<ObservedStep> = {}, gradientScale = 1): ObservedStep {
  const gradient = batch();
  return {
    value: 3 * 0.99 ** step + 0.02 * random.normal(),
    report: reportOf(),
    embeddings: batch(),
    gradients: { embeddings: { ...gradient, data: gradient.data.map((x) => x * gradientScale) }, parameters: {} },
    ...given,
  };
}

/** Watches so many steps, and tells at which one each finding was first made. */
function watch(
  steps: number,
  of: (step: number) => ObservedStep,
  options: Partial<LossMonitorOptions> = {},
): { monitor: LossMonitor; foundAt: Partial<Record<FindingName, number>>; first: Finding[] } {
  const foundAt: Partial<Record<FindingName, number>> = {};
  const first: Finding[] = [];
  let now = 0;
  const monitor = new LossMonitor({
    onFinding: (finding) => {
      foundAt[finding.name] ??= now;
      first.push(finding);
    },
    ...options,
  });
  for (now = 1; now <= steps; now++) monitor.observe(of(now));
  return { monitor, foundAt, first };
}

describe("LossMonitor", () => {
  it("finds nothing on a healthy run, also of a real loss", () => {
    const { monitor } = watch(400, (step) => stepOf(step));
    expect(monitor.findings).toEqual([]);
    expect(monitor).toMatchObject({ steps: 400, silentSteps: 0, liveShare: 1 });
    const loss = new SupConLoss();
    const labels = Array.from({ length: 40 }, (_, i) => i % 10);
    const real = watch(120, (step) => {
      const embeddings = batch();
      // samples come nearer to their class from step to step
      embeddings.data.forEach((x, at) => {
        const isOwn = at % 16 === labels[Math.floor(at / 16)];
        embeddings.data[at] = x + (isOwn ? 0.1 * step : 0);
      });
      return { ...loss.evaluate(embeddings, labels), embeddings };
    });
    expect(real.monitor.findings).toEqual([]);
  });

  it.each<[BatchStatus, RegExp]>([
    ["no-positive-pairs", /sample several of each class \(MPerClassSampler\)/],
    ["no-negative-pairs", /more classes in a batch/],
    ["no-triplets", /sample several of each class \(MPerClassSampler\)/],
    ["no-tuples", /the miner finds nothing: loosen it/],
    ["no-ordered-scores", /mix pairs of several scores/],
    ["all-masked", /a smaller margin, another guide, a larger batch/],
    ["empty-batch", /leave them out/],
    ["all-satisfied", /mine harder pairs/],
  ])("finds a run of silent batches (%s), since its first step", (status, remedy) => {
    const { monitor, foundAt, first } = watch(30, (step) =>
      stepOf(step, { report: reportOf(step >= 11 && step <= 17 ? status : "learning") }),
    );
    expect(foundAt).toEqual({ "silent-batches": 13 });
    expect(first[0]).toMatchObject({
      since: 11,
      until: 13,
      severity: "warning",
      message: `3 batches in a row taught nothing (${status}); 3 of 13 steps so far`,
    });
    expect(first[0].remedy).toMatch(remedy);
    expect(monitor.findings).toMatchObject([{ since: 11, until: 17 }]);
    expect(monitor.findings[0].message).toMatch(/^7 batches/);
    expect(monitor.silentSteps).toBe(7);
  });

  it("makes nothing of silent batches here and there", () => {
    const isSilent = (step: number): boolean => step % 4 < 2;
    const { monitor } = watch(60, (step) =>
      stepOf(step, { report: reportOf(isSilent(step) ? "no-positive-pairs" : "learning") }),
    );
    expect(monitor.findings).toEqual([]);
    expect(monitor.silentSteps).toBe(30);
    const strict = watch(10, (step) => stepOf(step, { report: reportOf(step === 6 ? "no-tuples" : "learning") }), {
      silentRun: 1,
    });
    expect(strict.foundAt).toEqual({ "silent-batches": 6 });
  });

  it("finds a small share of live anchors as soon as a window's mean is below the least", () => {
    const { foundAt, first, monitor } = watch(120, (step) =>
      stepOf(step, { report: reportOf("learning", step > 60 ? 38 : 0) }),
    );
    // of the last 50 steps k have 5 % and the others 100 %: below 25 % from k = 40 on
    expect(foundAt).toEqual({ "few-live-anchors": 100 });
    expect(first[0]).toMatchObject({ since: 51, severity: "warning" });
    expect(first[0].message).toBe("over the last 50 steps 24 % of the anchors had a positive");
    expect(first[0].remedy).toMatch(/MPerClassSampler/);
    expect(monitor.liveShare).toBeCloseTo(0.05, 12);
    expect(monitor.findings[0].message).toBe("over the last 50 steps 5.0 % of the anchors had a positive");
  });

  it("asks a loss that learns without pairs for no positives", () => {
    const lonely = { ...reportOf("learning"), anchorsWithoutPositives: reportOf("learning").anchors };
    const watched = (needs?: ObservedStep["needs"]) => watch(120, (step) => stepOf(step, { report: lonely, needs }));
    expect(watched().foundAt).toHaveProperty("few-live-anchors");
    const { foundAt, monitor } = watched(new ArcFaceLoss({ numClasses: 2, embeddingSize: 2 }).needs);
    expect(foundAt).toEqual({});
    expect(monitor.liveShare).toBe(1);
  });

  it.each<[string, number, (step: ObservedStep) => Partial<ObservedStep>, RegExp, RegExp]>([
    ["the loss", 7, () => ({ value: NaN }), /^the loss is NaN or infinity/, /temperature or scale/],
    ["an infinite loss", 7, () => ({ value: Infinity }), /^the loss is NaN or infinity/, /huge values/],
    [
      "the gradient",
      7,
      ({ gradients }) => ({ gradients: { ...gradients!, embeddings: spoilt(gradients!.embeddings, 639, -Infinity) } }),
      /^the gradient of the embeddings holds NaN/,
      /check the loss's options/,
    ],
    [
      "the gradient of the reference",
      7,
      ({ gradients }) => ({ gradients: { ...gradients!, reference: spoilt(batch(), 3, NaN) } }),
      /^the gradient of the reference holds NaN/,
      /check the loss's options/,
    ],
    [
      "the gradient of a parameter",
      7,
      ({ gradients }) => ({ gradients: { ...gradients!, parameters: { proxies: spoilt(batch(), 0, NaN) } } }),
      /^the gradient of proxies holds NaN/,
      /check the loss's options/,
    ],
    [
      "the embeddings, before what came of them",
      7,
      ({ embeddings, gradients }) => ({
        value: NaN,
        embeddings: spoilt(embeddings!, 5, NaN),
        gradients: { ...gradients!, embeddings: spoilt(gradients!.embeddings, 1, NaN) },
      }),
      /^the embeddings hold NaN/,
      /the model diverged in the step before/,
    ],
    [
      "embeddings that no loss has noticed, when their spread is measured",
      26,
      ({ embeddings }) => ({ embeddings: spoilt(embeddings!, 5, Infinity) }),
      /^the embeddings hold NaN/,
      /the model diverged/,
    ],
  ])("finds what is not finite, the first of all: %s", (_, foundAt, spoil, message, remedy) => {
    const run = watch(30, (step) => {
      const healthy = stepOf(step);
      return step >= 7 ? { ...healthy, ...spoil(healthy) } : healthy;
    });
    expect(run.foundAt).toEqual({ "not-finite": foundAt });
    expect(run.first[0]).toMatchObject({ since: foundAt, severity: "error" });
    expect(run.first[0].message).toMatch(message);
    expect(run.first[0].remedy).toMatch(remedy);
  });

  it("does not take huge but finite numbers for infinite ones", () => {
    const huge = { ...batch(), data: new Float32Array(640).fill(3e38) };
    const { monitor } = watch(3, (step) =>
      stepOf(step, { value: 1e300, gradients: { embeddings: huge, parameters: { proxies: huge } } }),
    );
    expect(monitor.findings).toEqual([]);
  });

  it("finds a collapse at the first measured step at which all embeddings are alike", () => {
    const { foundAt, first } = watch(120, (step) => stepOf(step, { embeddings: batch(step > 60 ? 0.97 : 0) }));
    // measured at 1, 26, 51, 76 ...
    expect(foundAt["collapse"]).toBe(76);
    const collapse = first.find(({ name }) => name === "collapse")!;
    expect(collapse).toMatchObject({ since: 76, severity: "error" });
    expect(collapse.message).toMatch(/two of them have a cosine of (1\.0000|0\.99\d\d) on average/);
    expect(collapse.remedy).toMatch(/lower the learning rate/);
  });

  it("finds an effective rank that falls, and not one that was always low", () => {
    const { foundAt, first } = watch(120, (step) => stepOf(step, { embeddings: batch(0, step > 60 ? 2 : 16) }));
    expect(foundAt).toEqual({ "falling-rank": 76 });
    const { message } = first[0];
    const [now, before] = [...message.matchAll(/\d+\.\d/g)].map(([x]) => Number(x));
    expect(first[0]).toMatchObject({ since: 76, severity: "warning" });
    expect(now).toBeLessThanOrEqual(2);
    expect(now).toBeGreaterThan(1.5);
    expect(before).toBeGreaterThan(10);
    expect(before).toBeLessThanOrEqual(16);
    const low = watch(120, (step) => stepOf(step, { embeddings: batch(0, 2, 2) }));
    expect(low.monitor.findings).toEqual([]);
  });

  it("finds a flat loss after two windows, and takes it back when the loss moves again", () => {
    const value = (step: number): number => (step <= 20 ? 3 - 0.1 * step : step <= 160 ? 1 : 1 - 0.01 * (step - 160));
    const run = (steps: number) => watch(steps, (step) => stepOf(step, { value: value(step) }));
    // the mean of steps 21 .. 70 and that of 71 .. 120 are equal; a little before, their difference is within 0.002
    const { foundAt, first } = run(160);
    expect(foundAt["flat-loss"]).toBeGreaterThan(115);
    expect(foundAt["flat-loss"]).toBeLessThanOrEqual(120);
    expect(first[0]).toMatchObject({ severity: "note", since: foundAt["flat-loss"]! - 99 });
    expect(first[0].message).toBe("the loss has stayed at 1.000 for 100 steps");
    expect(run(160).monitor.findings).toHaveLength(1);
    expect(run(220).monitor.findings).toEqual([]);
  });

  it("tells once of a flat loss whose noise comes and goes about the bound", { tags: ["long"] }, () => {
    const told: string[] = [];
    const monitor = new LossMonitor({ onFinding: ({ name }) => told.push(name) });
    // the means of windows swing by 0.6 % of the loss: beyond 0.2 % again and again
    for (let step = 1; step <= 1500; step++) monitor.observe(stepOf(step, { value: 1 + 0.003 * Math.sin(step / 40) }));
    expect(told).toEqual(["flat-loss"]);
    expect(monitor.findings).toHaveLength(1);
  });

  it("leaves silent steps out of the loss's course", () => {
    // the loss falls; the silent zeros between would hide it
    const { monitor } = watch(300, (step) =>
      stepOf(step, step % 2 === 0 ? { value: 0, report: reportOf("no-positive-pairs") } : {}),
    );
    expect(monitor.findings).toEqual([]);
  });

  it.each<[FindingName, number, Finding["severity"], RegExp]>([
    ["vanishing-gradient", 1e-5, "note", /all is learned, or the loss is saturated/],
    ["exploding-gradient", 1e5, "warning", /lower the learning rate/],
  ])("finds a %s, against the first window", (name, scale, severity, remedy) => {
    const { foundAt, first } = watch(160, (step) => stepOf(step, {}, step > 70 ? scale : 1));
    // the mean over 50 steps: below a thousandth once all 50 are small; above a thousand with the first large one
    expect(foundAt).toEqual({ [name]: scale < 1 ? 120 : 71 });
    expect(first[0]).toMatchObject({ severity, since: scale < 1 ? 71 : 22 });
    expect(first[0].message).toMatch(/times that of the first 50 steps/);
    expect(first[0].remedy).toMatch(remedy);
  });

  it("tells each finding once, keeps them in the order in which they were made, and when they were last seen", () => {
    const told: FindingName[] = [];
    const monitor = new LossMonitor({ onFinding: ({ name }) => told.push(name) });
    for (let step = 1; step <= 20; step++)
      monitor.onStep({
        ...stepOf(step, { report: reportOf("no-tuples"), value: step === 9 ? NaN : 0 }),
        step: step + 100,
      });
    expect(told).toEqual(["silent-batches", "not-finite"]);
    expect(monitor.findings).toMatchObject([
      { name: "silent-batches", since: 101, until: 120 },
      { name: "not-finite", since: 109, until: 109 },
    ]);
    expect(monitor.steps).toBe(120);
  });

  describe("tells a kind again only when it has become three times as bad:", () => {
    /** The steps at which a kind was told. */
    const toldAt = (steps: number, kind: FindingName, of: (step: number) => ObservedStep): number[] => {
      const told: number[] = [];
      let now = 0;
      const monitor = new LossMonitor({ onFinding: ({ name }) => (name === kind ? told.push(now) : 0) });
      for (now = 1; now <= steps; now++) monitor.observe(of(now));
      return told;
    };

    it("silent batches, by their share of all steps", () => {
      // three of every hundred: told once, however often they come
      const rare = toldAt(1000, "silent-batches", (step) =>
        stepOf(step, { report: reportOf(step % 100 >= 97 ? "no-positive-pairs" : "learning") }),
      );
      expect(rare).toEqual([99]);
      // 3 of 99 steps, then silence: 9.1 % of the steps and more from step 108 on, 27.8 % from step 136 on
      const growing = toldAt(400, "silent-batches", (step) =>
        stepOf(step, {
          report: reportOf((step >= 97 && step < 100) || step >= 102 ? "no-positive-pairs" : "learning"),
        }),
      );
      expect(growing).toEqual([99, 108, 136]);
    });

    it("few live anchors", () => {
      const lonely = (share: number) => ({ report: reportOf("learning", 40 * (1 - share)) });
      expect(toldAt(400, "few-live-anchors", (step) => stepOf(step, lonely(0.2)))).toEqual([50]);
      const falling = toldAt(400, "few-live-anchors", (step) => stepOf(step, lonely(step <= 100 ? 0.2 : 0.05)));
      expect(falling).toHaveLength(2);
      expect(falling[1]).toBeGreaterThan(130);
    });

    it("a loss that is flat, moves and is flat again at a lower value: once", () => {
      const value = (step: number): number => 1 + Math.max(0, 3 - Math.floor(step / 200));
      expect(toldAt(800, "flat-loss", (step) => stepOf(step, { value: value(step) }))).toHaveLength(1);
      const rising = (step: number): number => (step <= 200 ? 1 : 4);
      expect(toldAt(500, "flat-loss", (step) => stepOf(step, { value: rising(step) }))).toHaveLength(2);
    });

    it("a collapse that comes and goes, and NaN in several steps: once", () => {
      const isAlike = (step: number): boolean => Math.floor(step / 50) % 2 === 1;
      expect(
        toldAt(500, "collapse", (step) => stepOf(step, { embeddings: batch(isAlike(step) ? 0.97 : 0) })),
      ).toHaveLength(1);
      expect(toldAt(50, "not-finite", (step) => stepOf(step, step > 9 ? { value: NaN } : {}))).toEqual([10]);
    });
  });

  describe("advises nothing that is in use already:", () => {
    const remedies = (parts: TrainingParts | undefined, given: Partial<ObservedStep>): string =>
      watch(120, (step) => stepOf(step, { ...given, ...(parts && { parts }) }))
        .monitor.findings.map(({ remedy }) => remedy)
        .join("; ");
    const labels = Array.from({ length: 40 }, (_, i) => i % 10);
    const miner = new MultiSimilarityMiner();
    const flat = { value: 1 };

    it("miners, of the training or of the loss", () => {
      expect(remedies(undefined, flat)).toMatch(/harder pairs \(MultiSimilarityMiner\)/);
      const loss = new SupConLoss();
      expect(remedies({ loss, miner: null }, flat)).toMatch(/harder pairs/);
      const memory = new CrossBatchMemory(loss, { embeddingSize: 16, miner });
      const several = new MultipleLosses([loss, new ContrastiveLoss()], { miners: [null, miner] });
      for (const parts of [{ loss, miner }, { loss: memory }, { loss: several }]) {
        expect(remedies(parts, flat)).toMatch(/another learning rate, a larger model; else stop/);
        expect(remedies(parts, { report: reportOf("all-satisfied") })).not.toMatch(/mine harder/);
      }
    });

    it("a sampler of several samples a class", () => {
      const silent = { report: reportOf("no-positive-pairs", 40) };
      expect(remedies({ sampler: new UniformBatchSampler(40) }, silent)).toMatch(/\(MPerClassSampler\)/);
      const remedy = remedies({ sampler: new MPerClassSampler(labels) }, silent);
      expect(remedy).not.toMatch(/\(MPerClassSampler\)/);
      expect(remedy).toMatch(/raise m of the MPerClassSampler, or enlarge the batch; advise/);
    });

    it("a loss that is there, and margins and temperatures that the loss has not", () => {
      const collapsing = (step: number) => ({ embeddings: batch(0, step > 60 ? 2 : 16) });
      const rank = (parts: TrainingParts): string =>
        watch(120, (step) => stepOf(step, { ...collapsing(step), parts })).monitor.findings[0].remedy;
      expect(rank({ loss: new SupConLoss() })).toMatch(/a VICRegLoss beside the loss/);
      expect(rank({ loss: new MultipleLosses([new SupConLoss(), new VICRegLoss()]) })).toMatch(
        /a larger weight of VICRegLoss/,
      );
      const satisfied = { report: reportOf("all-satisfied") };
      expect(remedies({ loss: new SupConLoss() }, satisfied)).not.toMatch(/margin/);
      expect(remedies({ loss: new TripletMarginLoss() }, satisfied)).toMatch(/widen the margin/);
    });

    it("what a trainer says of itself", async () => {
      const inputs = { ...batch(), data: batch().data };
      const found: Finding[] = [];
      const trainer = new Trainer({
        model: new MlpModel({ inputSize: 16, outputSize: 4 }),
        loss: new ContrastiveLoss({ whenSilent: "ignore" }),
        sampler: new MPerClassSampler(labels, { m: 1, batchSize: 5 }),
        miner: { name: "NoMiner", mine: () => ({ anchors: [], positives: [], negatives: [] }) },
        data: { inputs, labels: inputs.data.slice(0, 40) },
        hooks: [new LossMonitor({ window: 5, onFinding: (finding) => found.push(finding) })],
      });
      await trainer.train({ steps: 40 });
      expect(found.map(({ name }) => name)).toEqual(["silent-batches", "few-live-anchors"]);
      expect(found[1].remedy).toMatch(/^raise m of the MPerClassSampler/);
    });
  });

  it("watches value and report alone where nothing else is given", () => {
    const { monitor } = watch(10, () => ({ value: 1, report: reportOf("no-positive-pairs", 40) }));
    expect(monitor.findings.map(({ name }) => name)).toEqual(["silent-batches"]);
    expect(() => monitor.observe({ value: 1, report: { ...reportOf(), anchors: 0 } })).not.toThrow();
    const one = { data: Float32Array.of(1, 2), rows: 1, cols: 2 };
    expect(() => new LossMonitor().observe({ value: 1, report: reportOf(), embeddings: one })).not.toThrow();
  });

  it("does not change what it watches", () => {
    const given = stepOf(1);
    const copy = structuredClone(given);
    new LossMonitor().observe(given);
    expect(given).toEqual(copy);
  });

  it.each<[string, object, RegExp]>([
    ["no run", { silentRun: 0 }, /silentRun is 0/],
    ["half a window", { window: 0.5 }, /window is 0.5/],
    ["a spread never measured", { spreadEvery: NaN }, /spreadEvery is NaN/],
    ["a share above 1", { leastLiveShare: 2 }, /leastLiveShare is 2/],
    ["a cosine of no cosine", { collapseCosine: "high" }, /collapseCosine is "high"/],
    ["a negative flatness", { flatness: -1 }, /flatness is -1/],
    ["a listener that is none", { onFinding: "log" }, /onFinding is "log"; give a function/],
    ["an unknown option", { windows: 3 }, /no option "windows"; did you mean "window"/],
  ])("refuses %s", (_, options, sentence) => {
    expect(() => new LossMonitor(options)).toThrow(sentence);
  });
});

function spoilt(matrix: Matrix, at: number, value: number): Matrix {
  return { ...matrix, data: matrix.data.map((x, k) => (k === at ? value : x)) };
}

it("a monitor that is given another's state goes on as that one would, with what it has told already", () => {
  const told: string[][] = [[], []];
  const [whole, resumed] = told.map(
    (names) => new LossMonitor({ window: 4, spreadEvery: 3, onFinding: ({ name }) => void names.push(name) }),
  );
  const own = new Random(8);
  const steps = Array.from({ length: 60 }, (_, k): ObservedStep => {
    const embeddings = {
      data: Float32Array.from({ length: 30 }, () => own.normal() + (k > 30 ? 40 : 0)),
      rows: 10,
      cols: 3,
    };
    const status = k % 7 < 4 ? "no-positive-pairs" : "learning";
    return { step: k + 1, value: k < 20 ? 1 / (k + 1) : 0.05, report: reportOf(status, k > 40 ? 39 : 0), embeddings, gradients: { embeddings, parameters: {} } }; // prettier-ignore
  });
  const half = new LossMonitor({ window: 4, spreadEvery: 3 });
  for (const step of steps.slice(0, 33)) half.observe(step);
  resumed.load(half.state());
  for (const step of steps) whole.observe(step);
  for (const step of steps.slice(33)) resumed.observe(step);
  expect(resumed.findings).toEqual(whole.findings);
  expect(resumed.state()).toEqual(whole.state());
  expect(resumed.findings.length).toBeGreaterThan(2);
  // what the first half has told is not told once more
  expect(told[0]).toEqual(expect.arrayContaining(["silent-batches", ...told[1]]));
  expect(told[1]).not.toContain("silent-batches");
});
