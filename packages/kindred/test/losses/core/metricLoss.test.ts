import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import {
  ClassWeightedReducer,
  ContrastiveLoss,
  GenericPairLoss,
  LpRegularizer,
  MarginLoss,
  MeanReducer,
  NTXentLoss,
  SupConLoss,
  ThresholdReducer,
  TripletMarginLoss,
  type BatchStatus,
  type Evaluation,
  type Label,
  type MetricLossOptions,
  ArcFaceLoss,
  CoSENTLoss,
  GISTLoss,
  NCALoss,
} from "../../../src/index.ts";
import { fromRows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const rows = [
  [1, 0],
  [0.96, 0.28],
  [0, 1],
  [-1, 0],
];
const nothing = { anchors1: [], positives: [], anchors2: [], negatives: [] };

let warn: MockInstance<typeof console.warn>;
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());

/** A way of calling each loss that teaches it nothing, by the reason. */
const silences: Readonly<
  Record<
    Exclude<BatchStatus, "learning" | "empty-batch">,
    (options: Pick<MetricLossOptions, "whenSilent">) => Evaluation
  >
> = {
  "no-positive-pairs": (options) => new SupConLoss(options).evaluate(rows, [0, 1, 2, 3]),
  "no-negative-pairs": (options) => new TripletMarginLoss(options).evaluate(rows, [7, 7, 7, 7]),
  // the class 0 meets nothing but positives, the class 1 nothing but negatives
  "no-triplets": (options) =>
    new TripletMarginLoss(options).evaluate(rows, [0, 0, 1, 1], { reference: rows, referenceLabels: [0, 0, 0, 0] }),
  "no-ordered-scores": (options) => new CoSENTLoss(options).evaluate(rows, [2, 2, 2, 2], { reference: rows }),
  "all-masked": (options) =>
    new GISTLoss({ ...options, margin: 3 }).evaluate(rows, null, {
      reference: rows,
      guideEmbeddings: rows,
      guideReference: rows,
    }),
  "no-tuples": (options) => new ContrastiveLoss(options).evaluate(rows, [0, 0, 1, 1], { tuples: nothing }),
  "all-satisfied": (options) =>
    new ContrastiveLoss({ ...options, posMargin: 1, negMargin: 0.1 }).evaluate(rows, [0, 0, 1, 2]),
};
const reasons = Object.entries(silences);

describe("the report of a batch", () => {
  it("counts anchors, classes, pairs, anchors without positives and items", () => {
    const { report } = new ContrastiveLoss().evaluate(rows, ["a", "a", "b", "c"]);
    // distances: the positives at 0.28 twice; of the negatives only those nearer than 1 cost something: none
    expect(report).toEqual({
      status: "learning",
      anchors: 4,
      classes: 3,
      positivePairs: 2,
      negativePairs: 10,
      anchorsWithoutPositives: 2,
      items: 12,
      activeItems: 2,
    });
  });

  it("counts pairs between a batch and its reference", () => {
    const { report } = new ContrastiveLoss().evaluate(rows, ["a", "a", "b", "c"], {
      reference: normalRows(5, 2, 1),
      referenceLabels: ["a", "b", "b", "d", "a"],
    });
    expect(report).toMatchObject({ classes: 3, positivePairs: 6, negativePairs: 14, anchorsWithoutPositives: 1 });
  });

  it("leaves each anchor's own row of the reference out", () => {
    const reference = [...rows, [0.5, 0.5]];
    const options = { reference, referenceLabels: ["a", "a", "b", "c", "c"] };
    const loss = new ContrastiveLoss();
    const among = { ...options, anchorRows: [0, 1, 2, -1] };
    const { report } = loss.evaluate(rows, ["a", "a", "b", "c"], among);
    // the last anchor stands nowhere in the reference: the two rows of its class are its positives
    expect(report).toMatchObject({ positivePairs: 4, negativePairs: 13, anchorsWithoutPositives: 1 });
    expect(loss.evaluate(rows, ["a", "a", "b", "c"], options).report.positivePairs).toBe(7);
  });

  it("counts tuples as they are given", () => {
    const tuples = { anchors1: [0, 0, 2], positives: [1, 1, 3], anchors2: [1], negatives: [2] };
    expect(new ContrastiveLoss().evaluate(rows, null, { tuples }).report).toMatchObject({
      classes: 0,
      positivePairs: 3,
      negativePairs: 1,
      anchorsWithoutPositives: 2,
      items: 4,
    });
    const triplets = { anchors: [0, 0], positives: [1, 1], negatives: [2, 3] };
    expect(new TripletMarginLoss().evaluate(rows, null, { tuples: triplets }).report).toMatchObject({
      positivePairs: 2,
      negativePairs: 2,
      anchorsWithoutPositives: 3,
      items: 2,
    });
  });

  for (const [status, evaluate] of reasons)
    it(`says ${status}, with value 0 and slopes of 0`, () => {
      const { value, gradients, report } = evaluate({ whenSilent: "ignore" });
      expect([value, report.status, report.activeItems]).toEqual([0, status, 0]);
      expect(gradients.embeddings).toEqual({ data: new Float32Array(8), rows: 4, cols: 2 });
    });

  it("says that an empty batch is empty, whatever the loss learns from", () => {
    const quiet = { whenSilent: "ignore" } as const;
    const none = { data: new Float32Array(0), rows: 0, cols: 2 };
    for (const loss of [
      new SupConLoss(quiet),
      new ContrastiveLoss(quiet),
      new ArcFaceLoss({ ...quiet, numClasses: 2, embeddingSize: 2 }),
    ])
      expect(loss.evaluate(none, []).report.status).toBe("empty-batch");
    expect(new CoSENTLoss(quiet).evaluate(none, [], { reference: none }).report.status).toBe("empty-batch");
    expect(() => new SupConLoss({ whenSilent: "throw" }).evaluate(none, [])).toThrow(/it has no rows; leave/);
  });

  it("finds no triplet where tuples name no anchor both ways, nor for a loss whose tuples only weigh", () => {
    const apart = { anchors1: [0], positives: [1], anchors2: [2], negatives: [3] };
    const quiet = { whenSilent: "ignore" } as const;
    expect(new NTXentLoss(quiet).evaluate(rows, [0, 0, 1, 1], { tuples: apart }).report.status).toBe("no-triplets");
    const split = { reference: rows, referenceLabels: [0, 0, 0, 0], tuples: apart };
    expect(new NCALoss(quiet).evaluate(rows, [0, 0, 1, 1], split).report.status).toBe("no-triplets");
  });

  it("gives slopes of 0 for the reference and the parameters of a silent batch too", () => {
    const loss = new MarginLoss({ learnBeta: true, whenSilent: "ignore" });
    const { gradients } = loss.evaluate(rows, [0, 0, 0, 0], {
      reference: [[1, 2]],
      referenceLabels: [5],
      tuples: nothing,
    });
    expect(gradients.reference).toEqual({ data: new Float32Array(2), rows: 1, cols: 2 });
    expect(Array.from(gradients.parameters.beta.data)).toEqual([0]);
  });

  it("says all-satisfied where the reducer leaves every item out: nothing is learned then", () => {
    const tooHigh = new ContrastiveLoss({ reducer: new ThresholdReducer({ low: 100 }), whenSilent: "ignore" });
    const weights = new Map<Label, number>([
      ["a", 0],
      ["b", 0],
    ]);
    for (const loss of [
      tooHigh,
      new SupConLoss({ reducer: new ClassWeightedReducer({ weights }), whenSilent: "ignore" }),
      new TripletMarginLoss({ margin: 3, reducer: new ClassWeightedReducer({ weights }), whenSilent: "ignore" }),
      new TripletMarginLoss({ margin: 3, reducer: new ThresholdReducer({ low: 100 }), whenSilent: "ignore" }),
      new NTXentLoss({ reducer: new ThresholdReducer({ low: 100 }), whenSilent: "ignore" }),
    ]) {
      const { value, gradients, report } = loss.evaluate(rows, ["a", "a", "b", "b"]);
      expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
      expect([loss.name, value, report.status, report.activeItems]).toEqual([loss.name, 0, "all-satisfied", 0]);
      expect(report.items).toBeGreaterThan(0);
    }
  });

  it("says no-positive-pairs of a single sample, whatever the loss needs", () => {
    const loss = new GenericPairLoss({ positive: (d) => d, negative: (d) => -d, whenSilent: "ignore" });
    expect(loss.evaluate(fromRows(normalRows(1, 3, 1), 3), ["a"]).report.status).toBe("no-positive-pairs");
  });
});

describe("the option whenSilent", () => {
  it("warns once a reason by default, with the reason and the remedy", () => {
    const loss = new TripletMarginLoss();
    for (let k = 0; k < 3; k++) loss.evaluate(rows, [0, 1, 2, 3]);
    expect(warn.mock.calls).toEqual([
      [
        "TripletMarginLoss learns nothing from this batch: no two of its samples share a class; sample several per class " +
          "(MPerClassSampler) or enlarge the batch (anchors: 4, classes: 4). Later batches like this one are not mentioned again.",
      ],
    ]);
    for (let k = 0; k < 3; k++) loss.evaluate(rows, [0, 0, 0, 0]);
    for (let k = 0; k < 3; k++) loss.evaluate(rows, [0, 0, 1, 1], { tuples: nothing });
    expect(warn).toHaveBeenCalledTimes(3);
    expect(warn.mock.calls[1][0]).toMatch(/all of its samples are of one class; sample more classes per batch/);
    expect(warn.mock.calls[2][0]).toMatch(/the tuples given are empty; loosen the miner/);
    new TripletMarginLoss().evaluate(rows, [0, 1, 2, 3]);
    expect(warn).toHaveBeenCalledTimes(4);
  });

  for (const [status, evaluate] of reasons) {
    it(`warns of ${status}`, () => {
      evaluate({});
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0][0]).toMatch(/learns nothing from this batch: .+; .+/);
    });

    it(`throws on ${status} when told to`, () => {
      expect(() => evaluate({ whenSilent: "throw" })).toThrow(/Loss learns nothing from this batch: /);
      expect(warn).not.toHaveBeenCalled();
    });

    it(`ignores ${status} when told to`, () => {
      evaluate({ whenSilent: "ignore" });
      expect(warn).not.toHaveBeenCalled();
    });
  }

  it("leaves batches that teach something alone", () => {
    new SupConLoss({ whenSilent: "throw" }).evaluate(rows, [0, 0, 1, 1]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("the option embeddingRegularizer", () => {
  const batch = fromRows(normalRows(6, 4, 2));
  const labels = [0, 0, 1, 1, 2, 2];

  it("adds its penalty times its weight to value and slope", () => {
    const embeddingRegularizer = new LpRegularizer({ p: 1, power: 2 });
    const plain = new SupConLoss().evaluate(batch, labels);
    const penalty = embeddingRegularizer.evaluate(batch);
    const { value, gradients } = new SupConLoss({ embeddingRegularizer, embeddingRegWeight: 0.3 }).evaluate(
      batch,
      labels,
    );
    expect(value).toBeCloseTo(plain.value + 0.3 * penalty.value, 10);
    gradients.embeddings.data.forEach((slope, k) =>
      expect(slope).toBeCloseTo(plain.gradients.embeddings.data[k] + 0.3 * penalty.gradient.data[k], 5),
    );
  });

  it("is a penalty of silent batches too, which are told as silent", () => {
    const loss = new SupConLoss({ embeddingRegularizer: new LpRegularizer(), whenSilent: "ignore" });
    const { value, report } = loss.evaluate(batch, [0, 1, 2, 3, 4, 5]);
    expect(value).toBeCloseTo(new LpRegularizer().evaluate(batch).value, 10);
    expect(report.status).toBe("no-positive-pairs");
  });
});

describe("every loss at the door", () => {
  const loss = new ContrastiveLoss({ whenSilent: "ignore" });
  const labels = [0, 0, 1, 1];
  const reference = [
    [1, 2],
    [3, 4],
  ];
  const options = { reference, referenceLabels: [0, 1] };
  const refused: readonly [string, () => unknown, RegExp][] = [
    ["labels that are too few", () => loss.evaluate(rows, [0, 1]), /labels has 2 entries for 4 embeddings/],
    ["labels that are no array", () => loss.evaluate(rows, 3 as never), /labels is 3; give an array/],
    ["neither labels nor tuples", () => loss.evaluate(rows, null), /neither labels nor tuples/],
    [
      "NaN, by its place",
      () =>
        loss.evaluate(
          [
            [1, 2],
            [3, NaN],
          ],
          [0, 1],
        ),
      /NaN at row 1, column 1/,
    ],
    [
      "an infinity",
      () =>
        loss.evaluate(
          [
            [1, 2],
            [Infinity, 0],
          ],
          [0, 1],
        ),
      /Infinity at row 1, column 0/,
    ],
    ["a reference of another width", () => loss.evaluate(rows, labels, { ...options, reference: [[1]] }), /1 columns/],
    ["a reference without labels", () => loss.evaluate(rows, labels, { reference }), /without referenceLabels/],
    [
      "labels that are too few for the reference",
      () => loss.evaluate(rows, labels, { reference, referenceLabels: [1] }),
      /referenceLabels has 1 entries for 2/,
    ],
    [
      "anchorRows without a reference",
      () => loss.evaluate(rows, labels, { anchorRows: [0, 0, 0, 0] }),
      /give a reference/,
    ],
    [
      "anchorRows that are too few",
      () => loss.evaluate(rows, labels, { ...options, anchorRows: [0] }),
      /1 entries for 4/,
    ],
    [
      "anchorRows beyond the reference",
      () => loss.evaluate(rows, labels, { ...options, anchorRows: [0, -1, -1, 2] }),
      /anchorRows\[3\] is 2; give a row of the reference, 0 to 1, or -1/,
    ],
    [
      "an anchor that stands in a row of another label",
      () => loss.evaluate(rows, labels, { ...options, anchorRows: [1, -1, -1, -1] }),
      /anchor 0 stands in row 1 of the reference, which has another label/,
    ],
    [
      "an unknown option of evaluate",
      () => loss.evaluate(rows, labels, { tuple: nothing } as object),
      /did you mean "tuples"/,
    ],
    ["an unknown option", () => new ContrastiveLoss({ posMargn: 1 } as object), /did you mean "posMargin"/],
    ["whenSilent that is none", () => new ContrastiveLoss({ whenSilent: "never" as never }), /whenSilent is "never"/],
    ["a distance that is none", () => new ContrastiveLoss({ distance: "cosine" as never }), /distance is "cosine"/],
    ["a reducer that is none", () => new ContrastiveLoss({ reducer: {} as never }), /reducer is an object/],
    [
      "a regularizer that is none",
      () => new ContrastiveLoss({ embeddingRegularizer: new MeanReducer() as never }),
      /embeddingRegularizer is an object of type MeanReducer; give a regularizer/,
    ],
    ["a weight that is none", () => new ContrastiveLoss({ embeddingRegWeight: NaN }), /embeddingRegWeight is NaN/],
  ];
  for (const [what, call, sentence] of refused) it(`refuses ${what}`, () => expect(call).toThrow(sentence));
});

describe("state and load", () => {
  it("carry the parameters over, as copies, and refuse those of another loss", () => {
    const make = (beta: number): MarginLoss => new MarginLoss({ beta, learnBeta: true, numClasses: 3 });
    const [loss, other] = [make(1.5), make(0.5)];
    const state = loss.state();
    other.load(state);
    expect(other.parameters).toEqual(loss.parameters);
    loss.parameters.beta.data.fill(9);
    expect(other.parameters.beta.data[0]).toBe(1.5);
    expect(state).toEqual(other.state());
    expect(() => other.load({})).toThrow("it is not of this MarginLoss");
    expect(() => new MarginLoss({ learnBeta: true, numClasses: 4 }).load(state)).toThrow(RangeError);
  });
});
