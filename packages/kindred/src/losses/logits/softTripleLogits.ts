import { heap, kernels, type Workspace } from "../../kernels/runtime.ts";
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
  readonly #logits: number;
  readonly #similarities: number;
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
    this.#logits = workspace.floats(this.#classes);
    this.#similarities = workspace.floats(centers);
    this.#means = new Float64Array(this.#classes);
    this.#factors = new Float64Array(this.#classes);
  }

  scale(): number {
    return this.#settings.scale;
  }

  forward(_anchor: number, row: number, target: number): number {
    const { sharpness, margin } = this.#settings;
    const perClass = this.#perClass;
    const floats = heap();
    const from = row >>> 2;
    const centers = this.#classes * perClass;
    const s = this.#similarities >>> 2;
    floats.copyWithin(s, from, from + centers);
    kernels.expInPlace(row, centers, sharpness, Math.fround(Math.fround(sharpness) * kernels.maximum(row, centers)));
    for (let c = 0, k = 0; c < this.#classes; c++) {
      let sum = 0;
      let weighted = 0;
      for (const end = k + perClass; k < end; k++) {
        sum += floats[from + k];
        weighted += floats[from + k] * floats[s + k];
      }
      if (sum < SMALLEST_SUM) [sum, weighted] = this.#takeAlone(from, s, k - perClass);
      this.#factors[c] = 1 / sum;
      this.#means[c] = weighted / sum;
      floats[(this.#logits >>> 2) + c] = this.#means[c];
    }
    if (target >= 0) floats[(this.#logits >>> 2) + target] -= margin;
    return this.#logits;
  }

  backward(_anchor: number, row: number): void {
    const { sharpness } = this.#settings;
    const perClass = this.#perClass;
    const floats = heap();
    const from = row >>> 2;
    const s = this.#similarities >>> 2;
    const slopes = this.#logits >>> 2;
    for (let c = 0, k = 0; c < this.#classes; c++) {
      const factor = floats[slopes + c] * this.#factors[c];
      const constant = factor * (1 - sharpness * this.#means[c]);
      const linear = factor * sharpness;
      for (const end = k + perClass; k < end; k++) floats[from + k] *= constant + linear * floats[s + k];
    }
  }

  /** The exponentials of a class relative to its own largest, their sum and their sum times similarities. */
  #takeAlone(from: number, s: number, start: number): [sum: number, weighted: number] {
    const floats = heap();
    let largest = -Infinity;
    for (let k = start; k < start + this.#perClass; k++) largest = Math.max(largest, floats[s + k]);
    let sum = 0;
    let weighted = 0;
    for (let k = start; k < start + this.#perClass; k++) {
      const exponential = Math.exp(this.#settings.sharpness * (floats[s + k] - largest));
      floats[from + k] = exponential;
      sum += exponential;
      weighted += exponential * floats[s + k];
    }
    return [sum, weighted];
  }
}
