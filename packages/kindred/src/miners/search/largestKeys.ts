/** Numbers a key is split into: its upper and its lower 16 bits. */
const HALF = 2 ** 16;

/**
 * Finds the k largest of many float32 numbers without keeping them: they are shown twice, to count their upper bits and
 * then the lower bits of those that tie with the k-th, and a third time to be taken. Memory does not depend on how many
 * there are.
 */
export class LargestKeys {
  readonly #count: number;
  readonly #histogram = new Float64Array(HALF);
  /** Of the k-th largest key: its upper bits, and how many numbers of these are taken. */
  #upper = 0;
  #rest = 0;
  /** The k-th largest key, and how many numbers of just this key are still to be taken. */
  #cut = 0;
  #ties = 0;

  /** @param count how many are wanted, 1 .. as many as there are */
  constructor(count: number) {
    this.#count = count;
  }

  /** First showing. */
  countUpper(values: Float64Array, sign: number, size: number): void {
    for (let k = 0; k < size; k++) this.#histogram[keyOf(sign * values[k]) >>> 16]++;
  }

  endUpper(): void {
    [this.#upper, this.#rest] = takeFromTop(this.#histogram, this.#count);
    this.#histogram.fill(0);
  }

  /** Second showing. */
  countLower(values: Float64Array, sign: number, size: number): void {
    for (let k = 0; k < size; k++) {
      const key = keyOf(sign * values[k]);
      if (key >>> 16 === this.#upper) this.#histogram[key & (HALF - 1)]++;
    }
  }

  endLower(): void {
    const [lower, ties] = takeFromTop(this.#histogram, this.#rest);
    this.#cut = this.#upper * HALF + lower;
    this.#ties = ties;
  }

  /** Third showing: moves the entries to be taken to the front of `others`; of equal ones the first shown are taken. */
  take(values: Float64Array, sign: number, size: number, others: Int32Array): number {
    let taken = 0;
    for (let k = 0; k < size; k++) {
      const key = keyOf(sign * values[k]);
      if (key < this.#cut || (key === this.#cut && this.#ties-- <= 0)) continue;
      others[taken++] = others[k];
    }
    return taken;
  }
}

/** From which entry on the last `count` are counted, and how many of that entry are among them. */
function takeFromTop(histogram: Float64Array, count: number): [entry: number, taken: number] {
  let rest = count;
  let entry = histogram.length - 1;
  for (; entry > 0 && histogram[entry] < rest; entry--) rest -= histogram[entry];
  return [entry, rest];
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A whole number of 32 bits in the order of the float32 x; 0 and -0 are one. */
function keyOf(x: number): number {
  float[0] = x + 0;
  return bits[0] >= 0x80000000 ? ~bits[0] >>> 0 : bits[0] + 0x80000000;
}
