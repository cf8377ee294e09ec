import { describe, expect, it } from "vitest";
import {
  cached,
  GISTLoss,
  MatryoshkaLoss,
  MlpModel,
  MultipleNegativesRankingLoss,
  Random,
  SupConLoss,
  Trainer,
  UniformBatchSampler,
  type EmbeddingModel,
  type Loss,
  type Matrix,
  type Model,
} from "../../src/index.ts";
import { fromRows } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

/** A linear model of rows of numbers with a dropout, whose slopes are kept. */
class DroppingModel implements EmbeddingModel<readonly number[]> {
  readonly weights: readonly number[][];
  readonly slopes: number[][];
  /** The most rows that were kept to be pulled back. */
  most = 0;
  #random = new Random(9);
  #inputs: readonly (readonly number[])[] = [];
  #masks: number[][] = [];

  constructor(
    inputSize: number,
    readonly size: number,
    readonly share = 0,
  ) {
    this.weights = normalRows(inputSize, size, 4).map((row) => [...row]);
    this.slopes = this.weights.map((row) => row.map(() => 0));
  }

  embed(inputs: readonly (readonly number[])[], isPulled: boolean): number[][] {
    const masks = inputs.map(() =>
      Array.from({ length: this.size }, () => (this.#random.uniform() < this.share ? 0 : 1 / (1 - this.share))),
    );
    if (isPulled) {
      this.#inputs = inputs;
      this.#masks = masks;
      this.most = Math.max(this.most, inputs.length);
    }
    return inputs.map((x, i) =>
      masks[i].map((mask, c) => mask * x.reduce((sum, v, k) => sum + v * this.weights[k][c], 0)),
    );
  }

  backward({ data, cols }: Matrix): void {
    this.#inputs.forEach((x, i) => {
      for (let c = 0; c < cols; c++)
        x.forEach((v, k) => (this.slopes[k][c] += v * this.#masks[i][c] * data[i * cols + c]));
    });
  }

  restorePoint(): () => void {
    const state = this.#random.state();
    return () => (this.#random = Random.restore(state));
  }

  /** Where its chance stands. */
  get chance(): readonly number[] {
    return this.#random.state();
  }
}

const [questions, answers, wrong] = [5, 6, 7].map((seed) => normalRows(10, 4, seed));
const columns = { embeddings: questions, reference: answers, negatives: [wrong] };

function expectSame(one: readonly number[][], other: readonly number[][]): void {
  const peak = Math.max(...other.flat().map(Math.abs));
  one.flat().forEach((slope, k) => expect(Math.abs(slope - other.flat()[k]) / peak).toBeLessThan(1e-5));
}

describe("cached", () => {
  const losses: Readonly<Record<string, Loss>> = {
    MultipleNegativesRankingLoss: new MultipleNegativesRankingLoss({ scale: 3, learnScale: true }),
    MatryoshkaLoss: new MatryoshkaLoss(new MultipleNegativesRankingLoss({ scale: 3 }), { sizes: [5, 2] }),
  };

  for (const share of [0, 0.4])
    for (const [name, loss] of Object.entries(losses))
      it(`gives ${name} the numbers of the whole batch, whatever the chunks, with a dropout of ${share}`, () => {
        const learned = (chunkSize: number) => {
          const model = new DroppingModel(4, 5, share);
          const evaluation = cached(loss, { chunkSize }).learn(model, columns, null);
          expect(model.most).toBe(Math.min(10, chunkSize));
          return { model, evaluation };
        };
        const whole = learned(10);
        expect(whole.model.slopes.flat().some((slope) => slope !== 0)).toBe(true);
        for (const chunkSize of [1, 3, 4, 100]) {
          const { model, evaluation } = learned(chunkSize);
          expect(evaluation.value).toBe(whole.evaluation.value);
          expect(evaluation.gradients).toEqual(whole.evaluation.gradients);
          expectSame(model.slopes, whole.model.slopes);
          expect(model.chance).toEqual(whole.model.chance);
        }
      });

  it("pulls back the very slopes of the rows that the loss saw", () => {
    const model = new DroppingModel(4, 5, 0.4);
    const other = new DroppingModel(4, 5, 0.4);
    const loss = new MultipleNegativesRankingLoss({ scale: 3 });
    cached(loss, { chunkSize: 3 }).learn(model, columns, null);
    // the same draws: columns one after the other, and each again from where it began
    const points = [questions, answers, wrong].map((rows) => ({
      back: other.restorePoint(),
      rows: other.embed(rows, false),
    }));
    const [first, reference, negatives] = points.map(({ rows }) => fromRows(rows));
    const { gradients } = loss.evaluate(first, null, { reference, negatives: [negatives] });
    [gradients.embeddings, gradients.reference!, gradients.negatives![0]].forEach((slope, k) => {
      points[k].back();
      other.embed([questions, answers, wrong][k], true);
      other.backward(slope);
    });
    expectSame(model.slopes, other.slopes);
  });

  it("hands the loss labels and all that is embedded elsewhere", () => {
    const model = new DroppingModel(4, 5);
    const labels = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
    const expected = new SupConLoss().evaluate(model.embed(questions, false), labels);
    const { value, report } = cached(new SupConLoss(), { chunkSize: 4 }).learn(
      model,
      { embeddings: questions },
      labels,
    );
    expect([value, report]).toEqual([expected.value, expected.report]);
    const guide = { guideEmbeddings: questions, guideReference: answers };
    const gist = new GISTLoss({ temperature: 0.3 });
    const guided = cached(gist, { chunkSize: 4 }).learn(
      model,
      { embeddings: questions, reference: answers },
      null,
      guide,
    );
    const reference = model.embed(answers, false);
    expect(guided.value).toBe(gist.evaluate(model.embed(questions, false), null, { reference, ...guide }).value);
  });

  it("embeds nothing of nothing", () => {
    const loss = cached(new SupConLoss({ whenSilent: "ignore" }), { chunkSize: 4 });
    const { report } = loss.learn(new DroppingModel(4, 5), { embeddings: [] }, []);
    expect(report.status).toBe("empty-batch");
  });

  it("refuses what is no loss, no chunk, and models that give other rows than asked for", () => {
    expect(() => cached(null as unknown as Loss, { chunkSize: 4 })).toThrow("cached was given null; give a loss");
    for (const chunkSize of [0, 2.5])
      expect(() => cached(new SupConLoss(), { chunkSize })).toThrow(/chunkSize is .*; give a whole number >= 1/);
    expect(() => cached(new SupConLoss(), { chunksize: 4 } as never)).toThrow(/no option "chunksize"/);
    const loss = cached(new SupConLoss(), { chunkSize: 4 });
    const labels = questions.map((_, i) => i % 2);
    const model = new DroppingModel(4, 5);
    const matrix = fromRows(questions) as never;
    expect(() => loss.learn(model, { embeddings: matrix }, labels)).toThrow(
      /embeddings is an object.*; give a list of what the model embeds/,
    );
    expect(() => loss.learn(model, { embeddings: questions, negatives: [matrix] }, labels)).toThrow(
      /negatives\[0\] is/,
    );
    const frozen = { learnReference: false } as object;
    expect(() => loss.learn(model, { embeddings: questions }, labels, frozen)).toThrow(
      "cached was given learnReference among what is embedded elsewhere; it embeds and learns all of them",
    );
    const short = { embed: () => [[1, 2]], backward: () => {} };
    expect(() => loss.learn(short, { embeddings: questions }, labels)).toThrow(
      "the model gave 1 rows for 4 inputs; it must give one for each",
    );
    const uneven = {
      embed: (rows: readonly unknown[]) => rows.map(() => new Array<number>(rows.length).fill(1)),
      backward: () => {},
    };
    expect(() => loss.learn(uneven, { embeddings: questions }, labels)).toThrow(
      "the model gave rows of 4 and of 2 columns; embeddings of a batch must be equally wide",
    );
  });
});

it("a Trainer's chunks of a model that can put its chance back have the slopes of the whole batch", async () => {
  const inputs = fromRows(normalRows(12, 4, 8));
  const labels = Array.from({ length: 12 }, (_, i) => i % 3);
  /** An MLP whose inputs are dropped by chance. */
  const dropping = (): { readonly model: Model; readonly inner: MlpModel } => {
    const inner = new MlpModel({ inputSize: 4, hidden: [6], outputSize: 3 });
    let random = new Random(3);
    const model: Model = {
      embed: ({ data, rows, cols }, isTraining) =>
        inner.embed(
          { data: isTraining ? data.map((x) => (random.uniform() < 0.3 ? 0 : x)) : data, rows, cols },
          isTraining,
        ),
      backward: (slope) => inner.backward(slope),
      step: () => inner.step(),
      restorePoint: () => {
        const state = random.state();
        return () => (random = Random.restore(state));
      },
    };
    return { model, inner };
  };
  const trained = async (chunkSize: number | null): Promise<readonly number[]> => {
    const { model, inner } = dropping();
    const sampler = new UniformBatchSampler(12, { batchSize: 12 });
    const trainer = new Trainer({ model, loss: new SupConLoss(), sampler, data: { inputs, labels }, chunkSize });
    await trainer.train({ steps: 3 });
    return [...inner.embed(inputs).data];
  };
  const whole = await trained(null);
  for (const chunkSize of [1, 5]) (await trained(chunkSize)).forEach((x, k) => expect(x).toBeCloseTo(whole[k], 4));
});
