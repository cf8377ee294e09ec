/** Pairs of rows with i < j, the most alike first. */
export interface RowPairs {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly scores: Float32Array;
}

/** As many times the pairs kept may wait before they are sorted out. */
const WAITING = 4;
const LEAST_ROOM = 2 ** 12;

/**
 * The best of many pairs, each counted once though it may be offered from both of its ends. Pairs are collected up to a few
 * times the number kept, then sorted and cut back, which costs O(log kept) a pair. Equal scores: the lower rows first.
 */
export class BestPairs {
  readonly #most: number;
  #first = new Int32Array(LEAST_ROOM);
  #second = new Int32Array(LEAST_ROOM);
  #scores = new Float32Array(LEAST_ROOM);
  #count = 0;
  /** Pairs below this score are not among the best. */
  #bar = -Infinity;

  /** @param most how many pairs are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a pair of two different rows. */
  offer(row: number, other: number, score: number): void {
    if (score < this.#bar) return;
    if (this.#count === this.#scores.length) this.#makeRoom();
    this.#first[this.#count] = Math.min(row, other);
    this.#second[this.#count] = Math.max(row, other);
    this.#scores[this.#count++] = score;
  }

  /** The best pairs so far. */
  result(): RowPairs {
    this.#cutBack();
    return {
      first: this.#first.slice(0, this.#count),
      second: this.#second.slice(0, this.#count),
      scores: this.#scores.slice(0, this.#count),
    };
  }

  #makeRoom(): void {
    const room = this.#scores.length;
    if (room >= WAITING * this.#most) this.#cutBack();
    // each cut is to pay for itself: at least half of the room is free after it
    if (2 * this.#count <= room) return;
    this.#first = grown(this.#first, new Int32Array(2 * room));
    this.#second = grown(this.#second, new Int32Array(2 * room));
    this.#scores = grown(this.#scores, new Float32Array(2 * room));
  }

  #cutBack(): void {
    const [first, second, scores] = [this.#first, this.#second, this.#scores];
    const order = Uint32Array.from({ length: this.#count }, (_, k) => k).sort(
      (a, b) => scores[b] - scores[a] || first[a] - first[b] || second[a] - second[b],
    );
    const kept: number[] = [];
    for (const place of order) {
      if (kept.length === this.#most) break;
      const last = kept[kept.length - 1];
      if (kept.length === 0 || first[last] !== first[place] || second[last] !== second[place]) kept.push(place);
    }
    this.#first.set(Int32Array.from(kept, (place) => first[place]));
    this.#second.set(Int32Array.from(kept, (place) => second[place]));
    this.#scores.set(Float32Array.from(kept, (place) => scores[place]));
    this.#count = kept.length;
    if (this.#count === this.#most) this.#bar = this.#scores[this.#count - 1];
  }
}

function grown<T extends Int32Array | Float32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
