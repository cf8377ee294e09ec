import { Places } from "../../kernels/places.ts";
import type { Run } from "../../kernels/run.ts";
import type { PerSide, ProxyExponent } from "./proxySums.ts";

/** A proxy with the embeddings of its class, which are a run of the row, and all others. */
export class ProxyRow {
  readonly #positives = new Places();
  readonly #negatives = new Places();
  /** What distances are multiplied by for positives; the opposite for negatives. */
  readonly #scale: number;
  readonly #constant: number;
  readonly #offsets: Float64Array | null;
  readonly #values: Float64Array;
  readonly #count: number;
  #positiveTotal = 1;
  #negativeTotal = 1;

  /** @param offsets what is added to the exponent at each place; null: nothing */
  constructor({ scale, constant }: ProxyExponent, count: number, offsets: Float64Array | null) {
    this.#scale = scale;
    this.#constant = constant;
    this.#offsets = offsets;
    this.#values = new Float64Array(count);
    this.#count = count;
  }

  /** Points at a row whose positives stand from `start` to `end`. */
  open(row: Run, start: number, end: number): void {
    this.#positives.set(row, start, end);
    this.#negatives.set(row, 0, this.#count, start, end);
    if (this.#offsets === null) return;
    this.#addOffsets(this.#positives, 1 / this.#scale);
    this.#addOffsets(this.#negatives, -1 / this.#scale);
  }

  /** The logarithms of both sums; distances <- their terms, relative to the largest. */
  losses(): PerSide {
    const positives = this.#logSum(this.#positives, this.#scale);
    const negatives = this.#logSum(this.#negatives, -this.#scale);
    this.#positiveTotal = positives.total;
    this.#negativeTotal = negatives.total;
    return [positives.log, negatives.log];
  }

  /** The terms <- the slopes of the losses by the distances, times the weights. */
  pull([positive, negative]: PerSide): void {
    this.#positives.affine((positive * this.#scale) / this.#positiveTotal, 0);
    this.#negatives.affine((-negative * this.#scale) / this.#negativeTotal, 0);
  }

  /** log(1 + sum e^(scale x + constant)); x <- the terms over the largest, 1 among them; total is their sum. */
  #logSum(places: Places, scale: number): { readonly log: number; readonly total: number } {
    if (places.count === 0) return { log: 0, total: 1 };
    const factor = Math.fround(scale);
    const largest = Math.fround(factor * (scale > 0 ? places.max() : places.min()));
    const shift = Math.max(0, largest + this.#constant);
    const sum = places.expInPlace(factor, shift - this.#constant);
    const total = sum + Math.exp(-shift);
    return { log: shift === 0 ? Math.log1p(sum) : shift + Math.log(total), total };
  }

  #addOffsets(places: Places, factor: number): void {
    const count = places.read(this.#values);
    for (let k = 0; k < count; k++) this.#values[k] += factor * this.#offsets![places.place(k)];
    places.write(this.#values);
  }
}
