import { Places } from "../../kernels/places.ts";
import { Run } from "../../kernels/run.ts";

/** Logits, which are made of cosines and lengths, stay in float32's range when they are multiplied by this. */
const LARGEST_SCALE = 2 ** 80;

/**
 * -log softmax of one class in a row of logits, and its slopes. The own class is kept apart from its rivals, so that a
 * loss near 0 keeps its digits and a class without rivals has the loss 0 exactly.
 */
export class CrossEntropyRow {
  readonly #exact: number;
  readonly #count: number;
  readonly #correction: number;
  readonly #others = new Places();
  readonly #sampled = new Places();
  #row = new Run();
  #scale = 1;
  #target = 0;
  #rivals = 0;
  #total = 1;

  /**
   * @param count entries of a row
   * @param exact how many of them, the first, stand for themselves
   * @param correction what is added to the scaled logits of the rest, each of which stands for several
   */
  constructor(count: number, exact = count, correction = 0) {
    this.#count = count;
    this.#exact = exact;
    this.#correction = correction;
  }

  /** The loss of a row: -log( e^(scale x_target) / sum_j e^(scale x_j) ). Replaces the logits. */
  evaluate(row: Run, target: number, scale: number): number {
    this.#scale = Math.fround(scale);
    this.#row = row;
    this.#target = target;
    this.#others.set(row, 0, this.#exact, target, target + 1);
    if (scale > LARGEST_SCALE) return this.#evaluateInDoubles(scale);
    const own = Math.fround(this.#scale * row.at(target));
    let top = largest(this.#others, this.#scale);
    const isSampled = this.#exact < this.#count;
    if (isSampled) {
      this.#sampled.set(row, this.#exact, this.#count);
      top = Math.max(top, largest(this.#sampled, this.#scale) + this.#correction);
    }
    const shift = Math.max(own, top);
    this.#rivals = this.#others.expInPlace(scale, shift);
    if (isSampled) this.#rivals += this.#sampled.expInPlace(scale, shift - this.#correction);
    this.#total = this.#rivals + Math.exp(own - shift);
    return own >= top ? Math.log1p(this.#rivals) : shift - own + Math.log(this.#total);
  }

  /** {@link CrossEntropyRow.evaluate} where scaled logits are beyond float32's range: they are shifted before they are scaled. */
  #evaluateInDoubles(scale: number): number {
    const row = this.#row.view();
    const corrected = (k: number): number => (k < this.#exact ? 0 : this.#correction);
    let top = -Infinity;
    for (let k = 0; k < this.#count; k++) top = Math.max(top, scale * row[k] + corrected(k));
    const own = scale * row[this.#target];
    this.#scale = scale;
    this.#rivals = 0;
    for (let k = 0; k < this.#count; k++) {
      if (k === this.#target) continue;
      row[k] = Math.exp(scale * row[k] + corrected(k) - top);
      this.#rivals += row[k];
    }
    this.#total = this.#rivals + Math.exp(own - top);
    return top - own + Math.log(this.#total);
  }

  /** Leaves weight d loss / d x in the row evaluated last. */
  pull(weight: number): void {
    const factor = (weight * this.#scale) / this.#total;
    this.#others.affine(factor, 0);
    if (this.#exact < this.#count) this.#sampled.affine(factor, 0);
    this.#row.put(this.#target, -factor * this.#rivals);
  }
}

/** The largest of scale x, as the kernel rounds it, so that its exponential is exactly 1; -Infinity of none. */
function largest(places: Places, scale: number): number {
  if (places.count === 0) return -Infinity;
  return Math.fround(scale * (scale > 0 ? places.max() : places.min()));
}
