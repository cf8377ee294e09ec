import { describe, expect, it } from "vitest";
import {
  AccuracyCalculator,
  ArcFaceLoss,
  BatchEasyHardMiner,
  ContrastiveLoss,
  CrossBatchMemory,
  FastAPLoss,
  GenericPairLoss,
  MarginLoss,
  MeanReducer,
  MultipleLosses,
  MultipleReducers,
  RankedListLoss,
  SelfSupervisedLoss,
  SigLIPLoss,
  SubCenterArcFaceLoss,
  SumReducer,
  SupConLoss,
  TripletMarginLoss,
  VICRegLoss,
  toMatrix,
  type LossState,
} from "../src/index.ts";

// What one who comes from pytorch-metric-learning tries first, and what is said.

const rows = [
  [1, 0, 0.2],
  [0.8, 0.6, 0.1],
  [0, 1, 0.3],
  [0.1, 0.9, 0],
];
const labels = ["a", "a", "b", "b"];
const supCon = new SupConLoss({ whenSilent: "ignore" });
const arcFace = (): ArcFaceLoss => new ArcFaceLoss({ numClasses: 2, embeddingSize: 3 });
const memory = (): CrossBatchMemory => new CrossBatchMemory(new ContrastiveLoss(), { embeddingSize: 3, memorySize: 8 });

const attempts: Readonly<Record<string, [attempt: () => unknown, sentence: string]>> = {
  "an option in snake_case": [
    () => new TripletMarginLoss({ smooth_loss: true } as never),
    'TripletMarginLoss has no option "smooth_loss"; did you mean "smoothLoss"?',
  ],
  "a miner's option in snake_case": [
    () => new BatchEasyHardMiner({ pos_strategy: "hard" } as never),
    'BatchEasyHardMiner has no option "pos_strategy"; did you mean "posStrategy"?',
  ],
  "options by their place": [
    () => new ArcFaceLoss(...([10, 128] as never as [never])),
    "ArcFaceLoss takes its options as an object, given 10",
  ],
  "a required option left out": [
    () => new ArcFaceLoss({ embeddingSize: 3 } as never),
    "ArcFaceLoss was given no numClasses; give a whole number >= 1",
  ],
  "a required option of a subclass left out": [
    () => new SubCenterArcFaceLoss({ numClasses: 3 } as never),
    "SubCenterArcFaceLoss was given no embeddingSize; give a whole number >= 1",
  ],
  "reference embeddings under their old name": [
    () => supCon.evaluate(rows, labels, { ref_emb: rows } as never),
    'SupConLoss.evaluate has no option "ref_emb"; known: tuples, reference, referenceLabels, anchorRows, learnReference',
  ],
  "tuples as a list of lists": [
    () => supCon.evaluate(rows, labels, { tuples: [[0], [1], [2]] as never }),
    "tuples is an array of 3; give { anchors, positives, negatives } or { anchors1, positives, anchors2, negatives }",
  ],
  "labels of another length": [
    () => supCon.evaluate(rows, labels.slice(1)),
    "labels has 3 entries for 4 embeddings; each row needs one label",
  ],
  "labels as a Set": [
    () => supCon.evaluate(rows, new Set(labels) as never),
    "labels is an object of type Set; give an array with one label a row",
  ],
  "labels as a Set for a memory": [
    () => memory().evaluate(rows, new Set(labels) as never),
    "labels is an object of type Set; give an array with one label a row",
  ],
  "no labels for a memory": [
    () => memory().evaluate(rows, undefined as never),
    "CrossBatchMemory needs labels; give one a row",
  ],
  "labels for a loss of two views": [
    () => new VICRegLoss().evaluate(rows, labels as never, { reference: rows }),
    "VICRegLoss takes no labels; give null",
  ],
  "one-hot labels": [
    () => supCon.evaluate(rows, [[1, 0], [1, 0], [0, 1], [0, 1]] as never), // prettier-ignore
    "labels[0] is an array of 2; a label is a number, a string, a bigint or a boolean",
  ],
  "a matrix of float64": [
    () => supCon.evaluate({ data: new Float64Array(12), rows: 4, cols: 3 } as never, labels),
    "embeddings.data is an object of type Float64Array; give a Float32Array, such as Float32Array.from(data)",
  ],
  "a sub-loss in snake_case": [
    () => {
      const reducer = new MultipleReducers({ reducers: { pos_loss: new SumReducer() } });
      return new ContrastiveLoss({ reducer }).evaluate(rows, labels);
    },
    'ContrastiveLoss has no sub-loss "pos_loss"; did you mean "posLoss"?',
  ],
  "labels that are no class's": [
    () => arcFace().evaluate(rows, labels),
    'labels[0] is "a"; ArcFaceLoss knows 0 to 1, name others in "classes"',
  ],
  "text where a class is numbered": [
    () => new MarginLoss({ numClasses: 2, learnBeta: true }).evaluate(rows, ["0", "0", "1", "1"]),
    'labels[0] is "0"; MarginLoss knows 0 to 1, name others in "classes"',
  ],
  "a memory and its loss the other way round": [
    () => new CrossBatchMemory({ embeddingSize: 3 } as never, new SupConLoss() as never),
    "CrossBatchMemory cannot serve an object of type Object; give a loss that compares samples with a reference, such as ContrastiveLoss",
  ],
  "a memory for a loss that takes no reference": [
    () => new CrossBatchMemory(new FastAPLoss(), { embeddingSize: 3 }),
    "CrossBatchMemory cannot serve FastAPLoss; give a loss that compares samples with a reference, such as ContrastiveLoss",
  ],
  "two views for a loss that takes no reference": [
    () => new SelfSupervisedLoss(new RankedListLoss({ margin: 0.4, Tn: 1 })),
    "SelfSupervisedLoss cannot serve RankedListLoss; give a loss that compares samples with a reference, such as ContrastiveLoss",
  ],
  "one loss for several": [
    () => new MultipleLosses(new SupConLoss() as never),
    "losses is one loss; give a list of losses, or a record with their names",
  ],
  "embeddings and labels by their place": [
    () => new AccuracyCalculator().getAccuracy(rows as never),
    "AccuracyCalculator.getAccuracy takes its options as an object, given an array of 4",
  ],
  "labels of queries in snake_case": [
    () => new AccuracyCalculator().getAccuracy({ query: rows, query_labels: labels } as never),
    'AccuracyCalculator.getAccuracy has no option "query_labels"; did you mean "queryLabels"?',
  ],
  "no labels of queries": [
    () => new AccuracyCalculator().getAccuracy({ query: rows } as never),
    "queryLabels is undefined; each query needs one label",
  ],
  "a formula that gives NaN": [
    () => new GenericPairLoss({ positive: (d) => Math.log(-d) }).evaluate([[1, 0], [0, 1]], ["a", "a"]), // prettier-ignore
    "positive gives NaN at distance 1.4142135381698608; a loss is a finite number",
  ],
  "a slope that gives no number": [
    () => {
      const positive = { loss: (d: number) => d, slope: () => undefined as never };
      const reducer = new MeanReducer();
      return new GenericPairLoss({ positive, reducer }).evaluate([[1, 0], [0, 1]], ["a", "a"]); // prettier-ignore
    },
    "the slope of positive gives undefined at distance 1.4142135381698608; a slope is a finite number",
  ],
  "a state that is none": [
    () => arcFace().load(undefined as never),
    "the state of ArcFaceLoss is undefined; give what state() returned",
  ],
  "a state that went through JSON": [
    () => arcFace().load(JSON.parse(JSON.stringify(arcFace().state())) as LossState),
    "the state's W.data is an object of type Object; give a Float32Array (JSON does not keep one: save it as Array.from(data))",
  ],
  "a state with too little data": [
    () => arcFace().load({ kind: "ArcFaceLoss", W: { rows: 3, cols: 2, data: new Float32Array(2) } }),
    "the state's W.data has 2 entries; 3 rows of 2 need 6",
  ],
  "a memory's state that went through JSON": [
    () => memory().load(JSON.parse(JSON.stringify(memory().state())) as LossState),
    "the state's memory.data is an object of type Object; give a Float32Array (JSON does not keep one: save it as Array.from(data))",
  ],
};

describe("what is refused says what was given and what to do", () => {
  it.each(Object.entries(attempts))("%s", (_, [attempt, sentence]) => {
    expect(attempt).toThrow(new RegExp(`^${sentence.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`));
  });

  it("a refused state changes nothing, not even the parameters that it has right", () => {
    const loss = new SigLIPLoss();
    const before = loss.state();
    const one = { rows: 1, cols: 1, data: Float32Array.of(7) };
    expect(() => loss.load({ kind: "SigLIPLoss", tPrime: one, bias: { ...one, data: new Float32Array(0) } })).toThrow(
      RangeError,
    );
    expect(loss.state()).toEqual(before);
  });

  it("rows of float64 are welcome", () => {
    const { value } = supCon.evaluate(
      rows.map((row) => Float64Array.from(row)),
      labels,
    );
    expect(value).toBe(supCon.evaluate(rows, labels).value);
    expect(toMatrix([Float64Array.of(0.1, 2)], "x").data).toEqual(Float32Array.of(0.1, 2));
  });
});
