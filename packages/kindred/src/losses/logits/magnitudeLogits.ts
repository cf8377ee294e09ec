import type { Comparison } from "../../distances/distance.ts";
import { addNormSlopes } from "../../distances/forms/normalization.ts";
import type { Side } from "../../distances/forms/side.ts";
import type { TileRow } from "../../distances/stream/tiles.ts";
import type { Run } from "../../kernels/run.ts";
import { powerOfTwo } from "../../matrix/float.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { applyMargin, type LogitRows, type Margin } from "./logitRows.ts";

/** The lengths that cosines have lost. */
export interface Lengths {
  /** The p of the norm that they are measured with. */
  readonly p: number;
  readonly embeddings: Float64Array;
  /** Null: the lengths of class vectors have no part. */
  readonly vectors: Float64Array | null;
}

/**
 * Logits that are cosines, a margin on the own class's, times lengths: scale |x_i| |w_j| c_ij, or scale |x_i| c_ij.
 *
 * The slope by a length is sum_j g_ij u_ij / |x_i|, g the slope by u_ij = |w_j| c_ij. Without the margin that sum is the part
 * of the pulled slopes that lies along x_i, of which normalization takes nothing; the margin's share is added to it.
 */
export class MagnitudeLogits implements LogitRows {
  readonly #scale: number;
  readonly #margin: Margin;
  readonly #lengths: Lengths;
  readonly #sides: Comparison;
  readonly #power: number;
  readonly unit: number;
  /** sum_j g_ij u_ij of each embedding and sum_i g_ij u_ij of each class: the margin's share at first, then all. */
  readonly #embeddingPulls: Float64Array;
  readonly #vectorPulls: Float64Array;
  #cosine = 0;
  #modified = 0;
  #slope = 1;

  /** @param power that cosines are raised to */
  constructor(scale: number, margin: Margin, lengths: Lengths, sides: Comparison, power: number) {
    this.#scale = scale;
    this.#margin = margin;
    this.#lengths = lengths;
    this.#sides = sides;
    this.#power = power;
    this.unit = unitOf(scale * lengths.embeddings.reduce((most, length) => Math.max(most, length), 0));
    this.#embeddingPulls = new Float64Array(sides.query.rows);
    this.#vectorPulls = new Float64Array(sides.reference.rows);
  }

  scale(anchor: number): number {
    return this.#scale * this.#lengths.embeddings[anchor];
  }

  forward(_anchor: number, row: TileRow, target: number): Run {
    if (target >= 0) {
      this.#cosine = row.at(target);
      this.#slope = applyMargin(this.#margin, row, target);
      this.#modified = row.at(target);
    }
    if (this.#lengths.vectors !== null) row.timesEach(this.#lengths.vectors);
    return row;
  }

  backward(anchor: number, row: TileRow, target: number): void {
    if (this.#lengths.vectors !== null) row.timesEach(this.#lengths.vectors);
    const slope = row.at(target);
    const share = slope * (this.#modified - this.#slope * this.#cosine);
    this.#embeddingPulls[anchor] += share;
    this.#vectorPulls[target] += share;
    row.put(target, slope * this.#slope);
  }

  measure(): void {
    addAlong(this.#sides.query, this.#power, this.#embeddingPulls);
    if (this.#lengths.vectors !== null) addAlong(this.#sides.reference, this.#power, this.#vectorPulls);
  }

  finish(factor: number, embeddings: readonly [Matrix, Matrix], vectors: readonly [Matrix, Matrix]): void {
    const { p } = this.#lengths;
    addLengthSlopes(embeddings, this.#lengths.embeddings, p, factor, this.#embeddingPulls);
    if (this.#lengths.vectors !== null) addLengthSlopes(vectors, this.#lengths.vectors, p, factor, this.#vectorPulls);
  }
}

/** The power of two that brings a number beyond 2^100 near 1; 1 for all others. */
function unitOf(largest: number): number {
  return largest > 2 ** 100 ? powerOfTwo(largest) : 1;
}

/** Adds the part of each row's slope along the row, over the power. */
function addAlong(side: Side, power: number, pulls: Float64Array): void {
  for (let i = 0; i < side.rows; i++) pulls[i] += side.slopeAlong(i) / power;
}

function addLengthSlopes(
  [values, slopes]: readonly [Matrix, Matrix],
  lengths: Float64Array,
  p: number,
  factor: number,
  pulls: Float64Array,
): void {
  const factors = pulls.map((pull, i) => (lengths[i] === 0 ? 0 : (factor * pull) / lengths[i]));
  addNormSlopes(values, lengths, p, factors, slopes.data);
}
