import type { TileRow } from "../../distances/stream/tiles.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { LogitRows } from "./logitRows.ts";

/** A class whose exponentials, taken relative to the row's largest, sum to less is taken by itself. */
const SMALLEST_SUM = 1e-25;

/**
 * The similarity of a class is the mean over its centers, weighted by the softmax of sharpness times similarity:
 * S_c = sum_k q_k s_k, q = softmax(sharpness s). Its slope by s_k is q_k (1 + sharpness (s_k - S_c)).
 */
export class SoftTripleLogits implements LogitRows {
  readonly #settings: { readonly scale: number; readonly sharpness: number; readonly margin: number };
  readonly #perClass: number;
  readonly #classes: number;
  readonly #logits: Run;
  readonly #similarities: Run;
  /** S_c, without the margin. */
  readonly #means: Float64Array;
  /** What turns the row's exponentials into each class's softmax. */
  readonly #factors: Float64Array;

  constructor(
    workspace: Workspace,
    settings: { readonly scale: number; readonly sharpness: number; readonly margin: number },
    perClass: number,
    centers: number,
  ) {
    this.#settings = settings;
    this.#perClass = perClass;
    this.#classes = centers / perClass;
    this.#logits = Run.of(workspace, this.#classes);
    this.#similarities = Run.of(workspace, centers);
    this.#means = new Float64Array(this.#classes);
    this.#factors = new Float64Array(this.#classes);
  }

  scale(): number {
    return this.#settings.scale;
  }

  forward(_anchor: number, row: TileRow, target: number): Run {
    const { sharpness, margin } = this.#settings;
    const perClass = this.#perClass;
    this.#similarities.copyFrom(row);
    row.expInPlace(sharpness, Math.fround(Math.fround(sharpness) * row.max()));
    const exponentials = row.view();
    const similarities = this.#similarities.view();
    const logits = this.#logits.view();
    for (let c = 0, k = 0; c < this.#classes; c++) {
      let sum = 0;
      let weighted = 0;
      for (const end = k + perClass; k < end; k++) {
        sum += exponentials[k];
        weighted += exponentials[k] * similarities[k];
      }
      if (sum < SMALLEST_SUM) [sum, weighted] = this.#takeAlone(exponentials, similarities, k - perClass);
      this.#factors[c] = 1 / sum;
      this.#means[c] = weighted / sum;
      logits[c] = this.#means[c];
    }
    if (target >= 0) logits[target] -= margin;
    return this.#logits;
  }

  backward(_anchor: number, row: TileRow): void {
    const { sharpness } = this.#settings;
    const perClass = this.#perClass;
    const exponentials = row.view();
    const similarities = this.#similarities.view();
    const slopes = this.#logits.view();
    for (let c = 0, k = 0; c < this.#classes; c++) {
      const factor = slopes[c] * this.#factors[c];
      const constant = factor * (1 - sharpness * this.#means[c]);
      const linear = factor * sharpness;
      for (const end = k + perClass; k < end; k++) exponentials[k] *= constant + linear * similarities[k];
    }
  }

  /** The exponentials of a class relative to its own largest, their sum and their sum times similarities. */
  #takeAlone(exponentials: Float32Array, similarities: Float32Array, start: number): [sum: number, weighted: number] {
    let largest = -Infinity;
    for (let k = start; k < start + this.#perClass; k++) largest = Math.max(largest, similarities[k]);
    let sum = 0;
    let weighted = 0;
    for (let k = start; k < start + this.#perClass; k++) {
      const exponential = Math.exp(this.#settings.sharpness * (similarities[k] - largest));
      exponentials[k] = exponential;
      sum += exponential;
      weighted += exponential * similarities[k];
    }
    return [sum, weighted];
  }
}
