import { Places } from "../../kernels/places.ts";

/** How distances become exponents: scale d + constant for positives, constant - scale d for negatives. */
export interface ProxyExponent {
  readonly scale: number;
  readonly constant: number;
}

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
  #total = 1;

  constructor({ scale, constant }: ProxyExponent, count: number, offsets: Float64Array | null) {
    this.#scale = scale;
    this.#constant = constant;
    this.#offsets = offsets;
    this.#values = new Float64Array(count);
    this.#count = count;
  }

  /** Points at a row whose positives stand from `start` to `end`. */
  open(pointer: number, start: number, end: number): void {
    this.#positives.set(pointer, start, end);
    this.#negatives.set(pointer, 0, this.#count, start, end);
    if (this.#offsets === null) return;
    this.#addOffsets(this.#positives, 1 / this.#scale);
    this.#addOffsets(this.#negatives, -1 / this.#scale);
  }

  positiveLoss(): number {
    return this.#logSum(this.#positives, this.#scale);
  }

  negativeLoss(): number {
    return this.#logSum(this.#negatives, -this.#scale);
  }

  pullPositives(weight: number): void {
    this.#positives.affine((weight * this.#scale) / this.#total, 0);
  }

  pullNegatives(weight: number): void {
    this.#negatives.affine((-weight * this.#scale) / this.#total, 0);
  }

  /** log(1 + sum e^(scale x + constant)); x <- the terms over the largest. */
  #logSum(places: Places, scale: number): number {
    if (places.count === 0) return 0;
    const factor = Math.fround(scale);
    const largest = Math.fround(factor * (scale > 0 ? places.max() : places.min()));
    const shift = Math.max(0, largest + this.#constant);
    const sum = places.expInPlace(factor, shift - this.#constant);
    this.#total = sum + Math.exp(-shift);
    return shift === 0 ? Math.log1p(sum) : shift + Math.log(this.#total);
  }

  #addOffsets(places: Places, factor: number): void {
    const count = places.read(this.#values);
    for (let k = 0; k < count; k++) this.#values[k] += factor * this.#offsets![places.place(k)];
    places.write(this.#values);
  }
}
