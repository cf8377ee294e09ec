import { createContext, runInContext } from "node:vm";
import * as kindred from "kindred";
import { advise, classCounts, MlpModel, SupConLoss, UniformBatchSampler } from "kindred";
import type { AdviceOptions, Remedy, RemedyName } from "kindred";
import type { ClassCountsLike } from "../../../../src/doctor/labels/classCounts.ts";
import { randomMatrix } from "../../../training/fixtures.ts";

/** The remedy of a name in the doctor's advice; undefined when it is not there. */
export function prescribe(
  name: RemedyName,
  counts: ClassCountsLike,
  options: Partial<AdviceOptions> = {},
): Remedy | undefined {
  return advise(counts, { loss: new SupConLoss(), ...options }).remedies.find((remedy) => remedy.name === name);
}

/** The labels 0 .. k-1 of classes of the sizes given, in an order that is not by class. */
export function labelsOf(sizes: readonly number[]): number[] {
  const labels = sizes.flatMap((size, c) => Array<number>(size).fill(c));
  return Array.from(new kindred.Random(1).shuffle(Int32Array.from(labels)));
}

/** Classes of different sizes around a mean, as data have them. */
export function unevenSizes(classes: number, mean: number): number[] {
  return Array.from({ length: classes }, (_, c) => Math.max(2, Math.round(mean * (0.5 + ((c * 37) % 101) / 100))));
}

/** What the code to paste makes, run where a user would paste it: with labels, data, a model, a loss and a sampler at hand. */
export function paste(code: string, labels: readonly number[], loss: kindred.Loss = new SupConLoss()): Pasted {
  const embeddingSize = 8;
  const context = {
    ...kindred,
    labels,
    data: { inputs: randomMatrix(labels.length, 5, 1), labels },
    model: new MlpModel({ inputSize: 5, outputSize: embeddingSize }),
    loss,
    sampler: new UniformBatchSampler(labels.length, { batchSize: 8 }),
    parentOf: (label: number) => label % 2,
    pasted: {},
  };
  const made = [...code.matchAll(/^const (\w+) =/gm)].map(([, name]) => name);
  runInContext(`{ ${code}\npasted = { ${made.join(", ")} }; }`, createContext(context));
  return context.pasted;
}

/** By the names that the code gives them. */
interface Pasted {
  readonly sampler?: kindred.UniformBatchSampler | kindred.MPerClassSampler;
  readonly trainer?: kindred.Trainer;
  readonly loss?: kindred.Loss;
  readonly remembering?: kindred.CrossBatchMemory;
  readonly reducer?: kindred.Reducer;
  readonly rows?: readonly number[];
  readonly coarser?: readonly number[];
  readonly miner?: kindred.Miner;
}

/** The labels of counts, and the counts of labels. */
export function countsOf(sizes: readonly number[]): kindred.LabelCounts {
  return classCounts(labelsOf(sizes));
}
