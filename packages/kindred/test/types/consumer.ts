// What a program that uses kindred looks like to the oldest TypeScript that the README names: type checked, never run.
import { AccuracyCalculator, EmbeddingIndex, MlpModel, MPerClassSampler, SupConLoss, Trainer } from "kindred";

const labels = ["cat", "cat", "dog", "dog"];
const embeddings = { data: new Float32Array(8), rows: 4, cols: 2 };
const loss = new SupConLoss({ temperature: 0.1 });
const { value, gradients, report } = loss.evaluate(embeddings, labels);
console.log(value.toFixed(2), gradients.embeddings.data.length, report.status === "learning");

const trainer = new Trainer({
  model: new MlpModel({ inputSize: 2, outputSize: 2 }),
  loss,
  sampler: new MPerClassSampler(labels, { m: 2, batchSize: 4 }),
  data: { inputs: embeddings, labels },
});
void trainer.train({ epochs: 1 });

const { metrics } = new AccuracyCalculator().getAccuracy({ query: embeddings, queryLabels: labels });
const saved: Uint8Array = new EmbeddingIndex().save();
console.log(metrics.precisionAt1, saved.length);

// metrics that were not asked for are not there
const asked = new AccuracyCalculator({ include: ["precisionAt5", "mean_average_precision_at_r"], exclude: ["NMI"] });
const few = asked.getAccuracy({ query: embeddings, queryLabels: labels }).metrics;
const five: number = few.precisionAt5 + few.meanAveragePrecisionAtR;
// @ts-expect-error NMI was not asked for
console.log(five, few.NMI);
const one: number = asked.getAccuracy({ query: embeddings, queryLabels: labels, include: ["precisionAt5"] }).metrics
  .precisionAt5;
const names: readonly ("precisionAt1" | "ndcg")[] = one > 0 ? ["precisionAt1"] : ["ndcg"];
const some = new AccuracyCalculator({ include: names }).getAccuracy({ query: embeddings, queryLabels: labels });
console.log(some.metrics.precisionAt1);
// rows of numbers, and tensors of other libraries, are embeddings as well
void loss.evaluate({ data: new Float32Array(8), dims: [4, 2] }, labels);
new Trainer({
  model: new MlpModel({ inputSize: 2, outputSize: 2 }),
  loss,
  sampler: new MPerClassSampler(labels, { m: 2, batchSize: 4 }),
  data: { inputs: { data: new Float32Array(8), shape: [4, 2] }, labels },
  evaluate: (model) => ({ first: model.embed([[1, 2]]).data[0] }),
});
