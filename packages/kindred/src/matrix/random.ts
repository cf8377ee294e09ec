import { describe } from "./checks.ts";

/**
 * Seeded random numbers: xoshiro128**, its state filled from the seed by splitmix32. The same seed gives the same
 * numbers on every machine. Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2018).
 */
export class Random {
  readonly #state = new Uint32Array(4);
  #spareNormal: number | undefined;

  /** @param seed any finite number; its whole and fractional parts both matter */
  constructor(seed = 0) {
    if (!Number.isFinite(seed)) throw new RangeError(`seed is ${seed}; give a finite number`);
    const words = new Uint32Array(new Float64Array([seed]).buffer);
    let s = (words[0] ^ Math.imul(words[1], 0x9e3779b9)) >>> 0;
    for (let k = 0; k < 4; k++) {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[k] = z ^ (z >>> 15);
    }
  }

  /** A whole number, uniform on 0 .. 2^32 - 1. */
  bits(): number {
    const s = this.#state;
    const scrambled = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return scrambled;
  }

  /** Uniform on [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** A whole number, uniform on 0 .. n - 1, without bias. @param n 1 .. 2^32 */
  integer(n: number): number {
    const limit = 4294967296 - (4294967296 % n);
    let x = this.bits();
    while (x >= limit) x = this.bits();
    return x % n;
  }

  /** A whole number, uniform on 0 .. n - 1. @param n 1 .. 2^53; the bias beyond 32 bits is below n / 2^53 */
  below(n: number): number {
    return n <= 2 ** 32 ? this.integer(n) : Math.floor(this.uniform() * n);
  }

  /** Normal with mean 0 and variance 1 (Marsaglia's polar method). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    let u: number, v: number, s: number;
    do {
      u = 2 * this.uniform() - 1;
      v = 2 * this.uniform() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const factor = Math.sqrt((-2 * Math.log(s)) / s);
    this.#spareNormal = v * factor;
    return u * factor;
  }

  /** Shuffles in place (Fisher and Yates): every order equally likely. Returns what it was given. */
  shuffle<T extends { readonly length: number; [index: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }

  /** The state, to be resumed from with {@link Random.restore}; JSON can hold it. */
  state(): readonly number[] {
    return this.#spareNormal === undefined ? [...this.#state] : [...this.#state, this.#spareNormal];
  }

  /**
   * A generator that continues where `state` was taken.
   *
   * @param name what the state is called, for the error's sentence
   * @throws RangeError when it is no state of a generator
   */
  static restore(state: readonly number[], name = "the state"): Random {
    if (!isState(state))
      throw new RangeError(
        `${name} is ${Array.isArray(state) ? `[${state.slice(0, 6).map(describe).join(", ")}]` : describe(state)}; give what Random.state() returned`,
      );
    const random = new Random();
    random.#state.set(state.slice(0, 4));
    random.#spareNormal = state[4];
    return random;
  }
}

/** Four words that are not all 0, and at times the second normal number of a pair. */
function isState(state: unknown): boolean {
  if (!Array.isArray(state) || state.length < 4 || state.length > 5) return false;
  const words: unknown[] = state.slice(0, 4);
  const isWord = (word: unknown): boolean =>
    Number.isInteger(word) && (word as number) >= 0 && (word as number) < 2 ** 32;
  return words.every(isWord) && words.some((word) => word !== 0) && state.slice(4).every(Number.isFinite);
}

function rotateLeft(x: number, k: number): number {
  return ((x << k) | (x >>> (32 - k))) >>> 0;
}
