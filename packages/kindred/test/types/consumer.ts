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
