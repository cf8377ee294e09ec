import { expect, it } from "vitest";
import {
  adjustedMutualInformation,
  ArcFaceLoss,
  calibrateThreshold,
  ClassBalancedSampler,
  ContrastiveLoss,
  CosineSimilarity,
  CrossBatchMemory,
  DotProductSimilarity,
  FastAPLoss,
  FixedSetOfTriplets,
  GroupByLabelSampler,
  HierarchicalSampler,
  HistogramLoss,
  InferenceModel,
  LargeMarginSoftmaxLoss,
  ManifoldLoss,
  MarginLoss,
  MlpModel,
  MPerClassSampler,
  MultipleReducers,
  normalizedMutualInformation,
  NTXentLoss,
  SigLIPLoss,
  SphereFaceLoss,
  SupConLoss,
  TuplesToWeightsSampler,
  UniformBatchSampler,
  UniformHistogramMiner,
  verification,
  VICRegLoss,
} from "../src/index.ts";

// What is too large, or not there, is refused at the door in words of the library, and at once.

const labels = [0, 0, 1, 1];
const rows = [
  [1, 2],
  [2, 1],
  [0, 3],
  [1, 1],
];
const classes = { embeddingSize: 512, numClasses: 1e9 };
const none = undefined as never;

it.each<[string, () => unknown, RegExp]>([
  ["class vectors", () => new ArcFaceLoss(classes), /^W of 512 x 1000000000 would be 512000000000 numbers; at most/],
  ["boundaries", () => new MarginLoss({ numClasses: 1e9 }), /^beta of 1 x 1000000000/],
  ["proxies", () => new ManifoldLoss({ l: 1e6, K: 1e6 }), /^proxies of 1000000 x 1000000/],
  ["a layer", () => new MlpModel({ inputSize: 1e6, outputSize: 1e6 }), /^a layer of 1000000 x 1000000/],
  [
    "a memory",
    () => new CrossBatchMemory(new ContrastiveLoss(), { embeddingSize: 1e6, memorySize: 1e6 }),
    /^a memory of 1000000 x 1000000/,
  ],
  [
    "a margin of angles",
    () => new LargeMarginSoftmaxLoss({ ...classes, margin: 2 ** 31 }),
    /^margin is 2147483648; give/,
  ],
  ["its sphere's", () => new SphereFaceLoss({ ...classes, margin: 1001 }), /^margin is 1001; give a whole number/],
  ["an epoch", () => new ClassBalancedSampler(labels, { samplesPerEpoch: 2 ** 31 }), /^samplesPerEpoch is 2147483648/],
  ["many samples", () => new UniformBatchSampler(1e12), /^the number of samples is 1000000000000; give/],
  ["many triplets", () => new FixedSetOfTriplets(labels, 1e9), /^numTriplets is 1000000000; give/],
  ["bins of FastAP", () => new FastAPLoss({ numBins: 1e9 }), /^numBins is 1000000000/],
  ["bins of a histogram", () => new HistogramLoss({ delta: 1e-9 }), /^delta is 1e-9/],
  ["bins of a miner", () => new UniformHistogramMiner({ posPerBin: 1e9 }), /^posPerBin is 1000000000/],
  [
    "a temperature near 0",
    () => new NTXentLoss({ temperature: 1e-320 }),
    /^temperature is 1e-320; give a number whose/,
  ],
  ["a huge scale", () => new ArcFaceLoss({ embeddingSize: 2, numClasses: 2, scale: 1e308 }), /size is at most 1e15/],
  ["a huge logarithm", () => new SigLIPLoss({ tPrime: 1000 }), /^tPrime is 1000; give a finite number <= 60/],
  ["a root of similarities", () => new CosineSimilarity({ power: 0.5 }), /^power is 0.5; give a whole number/],
  ["a huge power", () => new DotProductSimilarity({ power: 101 }), /^power is 101; give/],
])("refuses %s", (_, make, sentence) => {
  const began = performance.now();
  expect(make).toThrow(sentence);
  expect(make).toThrow(RangeError);
  expect(performance.now() - began).toBeLessThan(1000);
});

it("takes seeds of any size, and the exponent of a large margin without an overflow", () => {
  expect(() => new ManifoldLoss({ l: 2, seed: 2 ** 53 })).not.toThrow();
  const { value, gradients } = new ManifoldLoss({ l: 2, margin: 2 ** 31 }).evaluate(rows, null);
  expect(value).toBeGreaterThan(2 ** 31);
  expect(gradients.embeddings.data.every(Number.isFinite)).toBe(true);
});

const source = {
  embed: () => rows,
  miner: { name: "none", mine: () => ({ anchors: [], positives: [], negatives: [] }) },
};
it.each<[string, () => unknown]>([
  ["MPerClassSampler", () => new MPerClassSampler(none)],
  ["ClassBalancedSampler", () => new ClassBalancedSampler(none)],
  ["GroupByLabelSampler", () => new GroupByLabelSampler(none)],
  ["UniformBatchSampler", () => new UniformBatchSampler(none)],
  ["FixedSetOfTriplets", () => new FixedSetOfTriplets(none, 3)],
  ["HierarchicalSampler", () => new HierarchicalSampler(none, labels)],
  ["HierarchicalSampler's super classes", () => new HierarchicalSampler(labels, none)],
  ["TuplesToWeightsSampler", () => new TuplesToWeightsSampler({ ...source, labels: none })],
  ["verification", () => verification({ query: rows, queryLabels: none })],
  ["verification's reference", () => verification({ query: rows, queryLabels: labels, reference: rows })],
  ["calibrateThreshold", () => calibrateThreshold({ query: rows, queryLabels: none }, new CosineSimilarity())],
  ["NMI", () => normalizedMutualInformation(none, none)],
  ["AMI", () => adjustedMutualInformation(labels, none)],
])("%s asks for labels that are not there", (_, call) => {
  expect(call).toThrow(TypeError);
  expect(call).toThrow(/(is|are) undefined; give/);
});

it("an InferenceModel refuses references with labels that are none", () => {
  const model = new InferenceModel();
  for (const odd of [undefined, null, NaN, {}, []])
    expect(() => model.trainKnn(rows, [0, odd, 1, 1] as never)).toThrow(/^labels\[1\] is/);
  expect(() => model.trainKnn(rows, "abcd")).toThrow(TypeError);
});

it("what evaluate is given besides is looked at", () => {
  expect(() => new VICRegLoss().evaluate(rows, null, { reference: rows, anchorRows: null } as never)).toThrow(
    /^anchorRows is null; give an array/,
  );
  const memory = new CrossBatchMemory(new ContrastiveLoss(), { embeddingSize: 2, memorySize: 8 });
  expect(() => memory.evaluate(rows, labels, { enqueueMask: null } as never)).toThrow(/^enqueueMask is null/);
  expect(() => new MultipleReducers({ reducers: null } as never)).toThrow(/^reducers is null; give a reducer for each/);
  expect(() => new SupConLoss().evaluate(rows, labels, { anchorRows: [0], reference: rows })).toThrow(RangeError);
});
