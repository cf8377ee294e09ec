import type { MultipleLosses } from "../../losses/around/multipleLosses.ts";
import type { Evaluation, Loss, LossState } from "../../losses/core/loss.ts";
import { addToColumns, sideBySide, takeColumns, type ColumnRange } from "../../matrix/columns.ts";
import type { Labels } from "../../matrix/labels.ts";
import { rowView, takeRows, toMatrix, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { stacked } from "../../matrix/stacked.ts";
import { keptPart, keptRandom } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import { randomTriplets } from "../../tuples/randomTriplets.ts";
import type { Stage } from "../stage.ts";
import { scaled } from "../weights/namedMatrices.ts";
import { unitDistance } from "./unitDistance.ts";

/** What {@link SyntheticTriplets} is made of. */
interface SyntheticTripletsParts {
  readonly generator: Stage;
  readonly embedder: Stage | null;
  /** Of triplets whose negatives are synthetic. */
  readonly losses: MultipleLosses;
  /** What the distances of a synthetic negative to the anchor and to the real negative are multiplied by. */
  readonly hardWeight: number;
  readonly regWeight: number;
  readonly tripletsPerAnchor: number;
  /** How much of its slopes a batch has in a move, as the loop pulls it back through the outputs: 1 over the batches gathered. */
  readonly share: number;
  readonly seed: number;
  /** Where embeddings and features stand among the outputs. */
  readonly embeddings: ColumnRange;
  readonly features: ColumnRange;
}

/**
 * Losses of triplets whose negative a generator has made of a real triplet (a, p, n), drawn by labels:
 *
 *     s = generator([f_a | f_p | f_n])
 *     L = losses(e_a, e_p, embedder(s)) + w_h unitDistance(s, f_a) + w_r unitDistance(s, f_n)
 *
 * f are the trunk's features, e the embeddings. As `backward` of a model does, `evaluate` adds to the slopes that generator and
 * embedder keep: those of the synthetic rows. All others are in the gradients.
 */
export class SyntheticTriplets implements Loss {
  readonly name = "SyntheticTriplets";
  readonly losses: Readonly<Record<string, Loss>>;
  readonly #parts: SyntheticTripletsParts;
  #random: Random;

  constructor(parts: SyntheticTripletsParts) {
    this.#parts = parts;
    this.losses = parts.losses.losses;
    this.#random = new Random(parts.seed);
  }

  get needs(): Loss["needs"] {
    return { positives: true, negatives: true };
  }

  get parameters(): Readonly<Record<string, Matrix>> {
    return this.#parts.losses.parameters;
  }

  evaluate(given: MatrixLike, labels: Labels): Evaluation {
    const { losses, embedder, generator, hardWeight, regWeight, tripletsPerAnchor, share, ...places } = this.#parts;
    const outputs = toMatrix(given, "outputs");
    const [embeddings, features] = [places.embeddings, places.features].map((range) => takeColumns(outputs, range));
    const triplets = randomTriplets(labels, null, { tripletsPerAnchor, seed: this.#random });
    const rows = [triplets.anchors, triplets.positives, triplets.negatives];
    const real = rows.map((list) => takeRows(features, list));
    const synthetic = this.#generate(sideBySide(real));
    const reference = stacked(embeddings, embedder?.embed(synthetic, true) ?? synthetic);
    const { gradients, report, ...evaluation } = losses.evaluate(embeddings, labels, {
      reference,
      referenceLabels: [...Array.from(labels), ...Array.from(triplets.negatives, (row) => labels[row])],
      tuples: { ...triplets, negatives: triplets.negatives.map((_, k) => embeddings.rows + k) },
    });
    const hard = unitDistance(synthetic, real[0]);
    const regular = unitDistance(synthetic, real[2]);

    const [ofEmbeddings, ofSynthetic] = parted(gradients.reference!, embeddings.rows);
    addScaled(ofEmbeddings, 1, gradients.embeddings);
    const slopes = embedder?.backwardToInputs(scaled(ofSynthetic, share)) ?? scaled(ofSynthetic, share);
    addScaled(slopes, share * hardWeight, hard.ofRows);
    addScaled(slopes, share * regWeight, regular.ofRows);
    const ofTriplets = scaled(generator.backwardToInputs(slopes), 1 / share);
    // the embedder keeps what it was given last, and is to pull back what is of the batch
    embedder?.embed(features, true);

    const { cols } = features;
    const ofReal = [0, 1, 2].map((k) => takeColumns(ofTriplets, { start: k * cols, end: (k + 1) * cols }));
    addScaled(ofReal[0], hardWeight, hard.ofPartners);
    addScaled(ofReal[2], regWeight, regular.ofPartners);
    const ofFeatures = zeros(features.rows, cols);
    rows.forEach((list, k) => addToRows(ofFeatures, list, ofReal[k]));
    const all = zeros(outputs.rows, outputs.cols);
    addToColumns(all, places.embeddings.start, ofEmbeddings);
    addToColumns(all, places.features.start, ofFeatures);
    return {
      report,
      value: evaluation.value + hardWeight * hard.value + regWeight * regular.value,
      gradients: { embeddings: all, parameters: gradients.parameters },
      values: { ...evaluation.values, gHardLoss: hard.value, gRegLoss: regular.value },
    };
  }

  /** The losses' states, and where the drawing of triplets stands. */
  state(): LossState {
    return saveState(this.name, this.#record);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.#record, state);
  }

  restorePoint(): () => void {
    const [before, restoreLosses] = [this.#random.state(), restorePoint([this.#parts.losses])];
    return () => {
      this.#random = Random.restore(before);
      restoreLosses();
    };
  }

  get #record(): StateRecord {
    return {
      losses: keptPart(this.#parts.losses),
      random: keptRandom({ get: () => this.#random, set: (random) => (this.#random = random) }),
    };
  }

  #generate(triplets: Matrix): Matrix {
    const synthetic = this.#parts.generator.embed(triplets, true);
    const { rows, cols } = triplets;
    if (synthetic.rows !== rows || synthetic.cols !== cols / 3)
      throw new RangeError(
        `the generator made ${synthetic.rows} x ${synthetic.cols} of ${rows} triplets of features, ${rows} x ${cols / 3} are needed; give it three times the trunk's columns as inputs and the trunk's columns as outputs`,
      );
    return synthetic;
  }
}

/** The first rows of a matrix and the others, copied. */
function parted({ data, rows, cols }: Matrix, count: number): readonly [Matrix, Matrix] {
  return [
    { data: data.slice(0, count * cols), rows: count, cols },
    { data: data.slice(count * cols), rows: rows - count, cols },
  ];
}

function addScaled(into: Matrix, scale: number, { data }: Matrix): void {
  for (let k = 0; k < data.length; k++) into.data[k] += scale * data[k];
}

/** Adds row k to the row that the list names in place k. */
function addToRows(into: Matrix, list: Int32Array, rows: Matrix): void {
  list.forEach((row, k) => {
    const out = rowView(into, row);
    rowView(rows, k).forEach((entry, j) => (out[j] += entry));
  });
}
