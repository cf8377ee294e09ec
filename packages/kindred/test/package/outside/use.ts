// Uses the parts of one's own: slopes against finite differences, and a training with all of them.
import { CrossBatchMemory, MlpModel, Random, Trainer, prepareBatch } from "kindred";
import { NearestNegativeMiner } from "./minerOfOnesOwn.js";
import { SquaredHingeLoss } from "./pairLossOfOnesOwn.js";
import { NeighbourSampler } from "./samplerOfOnesOwn.js";
import { TemperedSoftmaxLoss } from "./softmaxLossOfOnesOwn.js";

const random = new Random(1);
const labels = Array.from({ length: 40 }, (_, i) => Math.floor(i / 2) % 4);
const inputs = labels.map((label) => Array.from({ length: 6 }, (_, k) => (k === label ? 2 : 0) + random.normal()));

const loss = new SquaredHingeLoss({ margin: 0.9 });
const miner = new NearestNegativeMiner();
const batch = prepareBatch(inputs, labels);
const shared = batch.share(() => loss.evaluate(batch, labels, { tuples: miner.mine(batch, labels) }));
const alone = loss.evaluate(inputs, labels, { tuples: miner.mine(inputs, labels) });

const { gradients } = loss.evaluate(inputs, labels);
let slopeError = 0;
for (const k of [0, 1, 2]) {
  const moved = (step: number): number =>
    loss.evaluate(
      inputs.map((row, i) => (i === 3 ? row.map((x, c) => (c === k ? x + step : x)) : row)),
      labels,
    ).value;
  slopeError = Math.max(
    slopeError,
    Math.abs((moved(1e-3) - moved(-1e-3)) / 2e-3 - gradients.embeddings.data[3 * 6 + k]),
  );
}

async function train(toLearn: SquaredHingeLoss | TemperedSoftmaxLoss | CrossBatchMemory): Promise<boolean> {
  const model = new MlpModel({ inputSize: 6, outputSize: 4 });
  const sampler = new NeighbourSampler(labels.length);
  const isMined = toLearn instanceof SquaredHingeLoss;
  const trainer = new Trainer({
    model,
    loss: toLearn,
    sampler,
    data: { inputs, labels },
    miner: isMined ? miner : null,
  });
  const { history } = await trainer.train({ epochs: 60 });
  const sumOf = (losses: ArrayLike<number>): number => Array.from(losses).reduce((sum, loss) => sum + loss, 0);
  return sumOf(history.loss.slice(-20)) < sumOf(history.loss.slice(0, 20));
}

const learned = [
  await train(loss),
  await train(new TemperedSoftmaxLoss({ numClasses: 4, embeddingSize: 4 })),
  await train(new CrossBatchMemory(new SquaredHingeLoss(), { embeddingSize: 4, memorySize: 60 })),
];
console.log(
  JSON.stringify({ slopeError, isSame: shared.value === alone.value, hasLearned: learned.every((has) => has) }),
);
