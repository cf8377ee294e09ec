import { type Array as JaxArray, nn, numpy } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as jax from "../../src/engines/jax.ts";
import * as tfjs from "../../src/engines/tfjs.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { MPerClassSampler } from "../../src/samplers/mPerClassSampler.ts";
import { Adam } from "../../src/training/adam.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import type { Model } from "../../src/training/model.ts";
import { SGD } from "../../src/training/sgd.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { blobs, precisionAt1, randomMatrix } from "../training/fixtures.ts";
import { useWasmBackend } from "./wasmBackend.ts";

beforeAll(useWasmBackend);
afterAll(async () => {
  await tf.setBackend("cpu");
});

const SHAPE = { inputSize: 12, hidden: [24, 16], outputSize: 8 };
const LAYERS = SHAPE.hidden.length + 1;

/** An optimizer in both libraries' words. */
interface Moves {
  readonly own: () => Adam | SGD;
  readonly tensors: () => tf.Optimizer;
}
const sgd = (learningRate: number): Moves => ({
  own: () => new SGD({ learningRate }),
  tensors: () => tf.train.sgd(learningRate),
});
const adam: Moves = { own: () => new Adam({ learningRate: 0.01 }), tensors: () => tf.train.adam(0.01) };

interface Twins {
  readonly plain: MlpModel;
  readonly jax: jax.JaxModel<Record<string, JaxArray>>;
  readonly tfjs: tfjs.TensorModel;
  readonly variables: Readonly<Record<string, tf.Variable>>;
}

/** The same MLP three times, with the same weights. */
function twins(seed: number, { own, tensors }: Moves): Twins {
  const plain = new MlpModel({ ...SHAPE, seed, optimizer: own() });
  const weights = Object.entries(plain.parameters);
  const parameters = Object.fromEntries(
    weights.map(([name, { data, rows, cols }]) => [name, numpy.array(data, { shape: [rows, cols] })]),
  );
  const layers = Array.from({ length: LAYERS }, (_, l) => [`weights${l}`, `bias${l}`] as const);
  const inJax = (p: Record<string, JaxArray>, inputs: JaxArray): JaxArray =>
    layers.reduce((x, [w, b], l) => {
      const sum = numpy.matmul(x, p[w]).add(p[b]);
      return l < LAYERS - 1 ? nn.relu(sum) : sum;
    }, inputs);
  const variables = Object.fromEntries(
    weights.map(([name, { data, rows, cols }]) => [
      name,
      tf.tidy(() => tf.variable(tf.tensor2d(data.slice(), [rows, cols]))),
    ]),
  );
  const inTensorFlow = (inputs: tf.Tensor): tf.Tensor =>
    layers.reduce((x, [w, b], l) => {
      const sum = tf.add(tf.matMul(x, variables[w]), variables[b]);
      return l < LAYERS - 1 ? tf.relu(sum) : sum;
    }, inputs);
  return {
    plain,
    jax: jax.fromFunction(inJax, { parameters, optimizer: own() }),
    tfjs: tfjs.fromFunction(inTensorFlow, { variables: Object.values(variables), optimizer: tensors() }),
    variables,
  };
}

/** The furthest entry, in units of the largest. */
function distance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (entry, k) => Math.abs(found[k] - entry))) / largest;
}

const data = blobs(6, 30, SHAPE.inputSize, 1);
const unseen = blobs(6, 30, SHAPE.inputSize, 2);

async function accuracyAfter(model: Model, steps: number): Promise<{ accuracy: number; losses: ArrayLike<number> }> {
  const sampler = new MPerClassSampler(data.labels, { m: 8, batchSize: 48, seed: 3 });
  const { history } = await new Trainer({ model, data, sampler, loss: new SupConLoss() }).train({ steps });
  return { accuracy: precisionAt1(model.embed(unseen.inputs), unseen.labels), losses: history.loss };
}

describe("MlpModel, jax-js and TensorFlow.js from the same weights", () => {
  test("give the same embeddings and slopes, to the rounding of float32", () => {
    for (const seed of [1, 2, 3]) {
      const { plain, jax, tfjs, variables } = twins(seed, sgd(1));
      const [inputs, slope] = [randomMatrix(40, SHAPE.inputSize, seed), randomMatrix(40, SHAPE.outputSize, seed + 10)];
      const expected = plain.embed(inputs, true);
      expect(distance(jax.embed(inputs, true).data, expected.data)).toBeLessThan(2e-6);
      let seen: Matrix | undefined;
      const before = Object.fromEntries(
        Object.keys(variables).map((name) => [name, variables[name].dataSync().slice()]),
      );
      tfjs.learn(inputs, (embeddings) => {
        seen = embeddings;
        return slope;
      });
      expect(distance(seen!.data, expected.data)).toBeLessThan(2e-6);
      plain.backward(slope);
      jax.backward(slope);
      tfjs.step();
      for (const [name, { data: slopes }] of Object.entries(plain.gradients)) {
        expect(distance(jax.gradients[name].data, slopes), name).toBeLessThan(2e-6);
        // a step of SGD at the rate 1 goes by the slope; the difference has the weight's digits
        const moved = variables[name].dataSync().map((entry, k) => before[name][k] - entry);
        expect(distance(moved, slopes), name).toBeLessThan(4e-6);
      }
      jax.dispose();
      tfjs.dispose();
      tf.dispose(Object.values(variables));
    }
  });

  test("take the same way with SGD, and come to the same accuracy", { tags: ["long"] }, async () => {
    const { plain, jax, tfjs } = twins(1, sgd(0.2));
    const before = precisionAt1(plain.embed(unseen.inputs), unseen.labels);
    const expected = await accuracyAfter(plain, 80);
    expect(expected.accuracy).toBeGreaterThan(before + 0.05);
    for (const model of [jax, tfjs]) {
      const { accuracy, losses } = await accuracyAfter(model, 80);
      expect(distance(losses, expected.losses)).toBeLessThan(1e-4);
      expect(Math.abs(accuracy - expected.accuracy)).toBeLessThanOrEqual(2 / unseen.labels.length);
    }
  });

  test("come to the same accuracy with Adam, within what another seed would change", { tags: ["long"] }, async () => {
    const seeds = [1, 2, 3, 4];
    const plain: number[] = [];
    const differences: Record<"jax" | "tfjs", number[]> = { jax: [], tfjs: [] };
    for (const seed of seeds) {
      const models = twins(seed, adam);
      const { accuracy } = await accuracyAfter(models.plain, 80);
      plain.push(accuracy);
      for (const engine of ["jax", "tfjs"] as const)
        differences[engine].push((await accuracyAfter(models[engine], 80)).accuracy - accuracy);
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const noise = Math.sqrt(mean(plain.map((accuracy) => (accuracy - mean(plain)) ** 2)));
    expect(mean(plain)).toBeGreaterThan(precisionAt1(unseen.inputs, unseen.labels) + 0.1);
    for (const engine of ["jax", "tfjs"] as const)
      expect(Math.abs(mean(differences[engine])), engine).toBeLessThan(noise);
  });
});
