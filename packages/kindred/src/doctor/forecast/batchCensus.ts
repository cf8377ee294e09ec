/** What one batch holds. A sample that stands in it twice is not its own positive: it teaches nothing about its class. */
export interface BatchCensus {
  /** Ordered pairs of places that hold different samples of one class. */
  readonly positivePairs: number;
  /** Places whose sample has another of its class in the batch. */
  readonly liveAnchors: number;
  /** Distinct classes. */
  readonly classes: number;
}

/** Is told of each class in a batch: how many places it takes and how many of them have a positive. */
export type ClassVisitor = (code: number, places: number, live: number) => void;

/** Counts batches of one data set; keeps one number a class between two of them. */
export class CensusTaker {
  readonly #codes: ArrayLike<number>;
  readonly #slotOf: Int32Array;

  /** @param codes the class of each sample; @param classes how many there are */
  constructor(codes: ArrayLike<number>, classes: number) {
    this.#codes = codes;
    this.#slotOf = new Int32Array(classes).fill(-1);
  }

  /** @throws RangeError when a row is none of the data's */
  take(rows: ArrayLike<number>, visit?: ClassVisitor): BatchCensus {
    // sorted, equal rows lie side by side and each distinct one is met once
    const sorted = Int32Array.from(rows).sort();
    const samples = this.#codes.length;
    const strange = sorted[0] < 0 ? sorted[0] : sorted[sorted.length - 1];
    if (strange < 0 || strange >= samples)
      throw new RangeError(`a batch holds row ${strange} of ${samples} samples; give a sampler over the same data`);
    const present: number[] = [];
    const places: number[] = [];
    const distinct: number[] = [];
    const repeats: number[] = [];
    for (let i = 0; i < sorted.length;) {
      const row = sorted[i];
      let end = i + 1;
      while (end < sorted.length && sorted[end] === row) end++;
      const code = this.#codes[row];
      let slot = this.#slotOf[code];
      if (slot < 0) {
        slot = present.push(code) - 1;
        this.#slotOf[code] = slot;
        places.push(0);
        distinct.push(0);
        repeats.push(0);
      }
      places[slot] += end - i;
      distinct[slot]++;
      repeats[slot] += (end - i) ** 2;
      i = end;
    }
    let [positivePairs, liveAnchors] = [0, 0];
    for (let slot = 0; slot < present.length; slot++) {
      const live = distinct[slot] > 1 ? places[slot] : 0;
      liveAnchors += live;
      positivePairs += places[slot] ** 2 - repeats[slot];
      visit?.(present[slot], places[slot], live);
      this.#slotOf[present[slot]] = -1;
    }
    return { positivePairs, liveAnchors, classes: present.length };
  }
}
