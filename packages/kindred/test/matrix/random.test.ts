import { describe, expect, it } from "vitest";
import { Random } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";

const even = (cells: number): number[] => Array.from({ length: cells }, () => 1 / cells);

/** How many draws fall into each cell. */
function counted(draws: number, cells: number, draw: () => number): number[] {
  const counts = Array.from({ length: cells }, () => 0);
  for (let k = 0; k < draws; k++) counts[draw()]++;
  return counts;
}

/** xoshiro128** and splitmix32 in whole numbers of any size, as their authors write them. */
function* plainBits(seed: number): Generator<number> {
  const mask = 0xffffffffn;
  const words = new Uint32Array(new Float64Array([seed]).buffer);
  let z0 = BigInt(words[0]) ^ ((BigInt(words[1]) * 0x9e3779b9n) & mask);
  const s = [0, 1, 2, 3].map(() => {
    z0 = (z0 + 0x9e3779b9n) & mask;
    let z = z0;
    z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & mask;
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) & mask;
    return z ^ (z >> 15n);
  });
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & mask;
  for (;;) {
    yield Number((rotate((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

describe("Random", () => {
  it("is xoshiro128** from a state filled by splitmix32", () => {
    for (const seed of [0, 1, -7, 0.1, 1e300]) {
      const random = new Random(seed);
      const plain = plainBits(seed);
      for (let k = 0; k < 200; k++) expect(random.bits()).toBe(plain.next().value);
    }
  });

  it("gives the same numbers for the same seed, and others for seeds that differ in whole or fractional part", () => {
    const first = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 4 }, () => random.bits());
    };
    expect(first(5)).toEqual(first(5));
    const seeds = [0, 1, -1, 0.5, 1.5, 2 ** 32, 2 ** 53, 1e-300];
    expect(new Set(seeds.map((seed) => first(seed).join())).size).toBe(seeds.length);
    for (const seed of [NaN, Infinity]) expect(() => new Random(seed)).toThrow(`seed is ${seed}; give a finite number`);
  });

  it("is uniform on [0, 1)", { tags: ["long"] }, () => {
    const random = new Random(1);
    const counts = counted(40_000, 50, () => {
      const x = random.uniform();
      expect(x >= 0 && x < 1).toBe(true);
      return Math.floor(50 * x);
    });
    expectDraws(counts, even(50));
  });

  it("draws whole numbers evenly, also of a range that is no power of two", () => {
    for (const n of [1, 2, 3, 7, 100]) {
      const random = new Random(n);
      expectDraws(
        counted(20_000, n, () => random.integer(n)),
        even(n),
      );
    }
    // of 3 x 2^30 numbers a plain remainder would draw the first third twice as often
    const random = new Random(4);
    expectDraws(
      counted(20_000, 3, () => Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30)),
      even(3),
    );
    expect(new Random(1).integer(2 ** 32)).toBe(new Random(1).bits());
  });

  it("draws below any whole number: as integer does up to 2^32, and uniformly beyond", () => {
    const [one, other] = [new Random(5), new Random(5)];
    for (const n of [1, 7, 2 ** 32]) expect(one.below(n)).toBe(other.integer(n));
    const n = 3 * 2 ** 50;
    expectDraws(
      counted(20_000, 3, () => {
        const drawn = one.below(n);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
        return Math.floor(drawn / 2 ** 50);
      }),
      [1 / 3, 1 / 3, 1 / 3],
    );
  });

  it("is normal with mean 0 and variance 1", () => {
    const random = new Random(2);
    const cells = 40;
    // the standard normal distribution by its series
    const cumulative = (x: number): number => {
      let [term, sum] = [x, x];
      for (let k = 1; k < 200; k++) sum += term *= (x * x) / (2 * k + 1);
      return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
    };
    const edges = Array.from({ length: cells + 1 }, (_, k) => -4 + (8 * k) / cells);
    const probabilities = edges.slice(1).map((edge, k) => cumulative(edge) - cumulative(edges[k]));
    const inside: number[] = [];
    for (let k = 0; k < 40_000; k++) {
      const x = random.normal();
      if (Math.abs(x) < 4) inside.push(Math.floor(((x + 4) / 8) * cells));
    }
    const total = probabilities.reduce((sum, p) => sum + p, 0);
    let next = 0;
    expectDraws(
      counted(inside.length, cells, () => inside[next++]),
      probabilities.map((p) => p / total),
    );
    expect(inside.length).toBeGreaterThan(39_990);
  });

  it("shuffles into every order equally often, in place, arrays and typed arrays", () => {
    const random = new Random(3);
    const orders = permutations([0, 1, 2, 3]).map((order) => order.join(""));
    const counts = counted(12_000, 24, () => orders.indexOf(random.shuffle([0, 1, 2, 3]).join("")));
    expectDraws(counts, even(24));
    const typed = Int32Array.of(5, 6, 7);
    expect(random.shuffle(typed)).toBe(typed);
    expect([...typed].sort()).toEqual([5, 6, 7]);
    expect(random.shuffle([])).toEqual([]);
  });

  it("continues where a state was taken, through JSON too, between the two normals of a pair as well", () => {
    for (const normals of [0, 1, 2]) {
      const random = new Random(9);
      for (let k = 0; k < normals; k++) random.normal();
      const state = JSON.parse(JSON.stringify(random.state())) as number[];
      const other = Random.restore(state);
      for (let k = 0; k < 5; k++) expect([other.normal(), other.bits()]).toEqual([random.normal(), random.bits()]);
    }
  });

  it("refuses what is no state", () => {
    for (const state of [[], [1, 2, 3], [0, 0, 0, 0], [1, 2, 3, NaN], [1, 2, 3, 2 ** 32], [1, 2, 3, 4, 5, 6]])
      expect(() => Random.restore(state)).toThrow(/give what Random\.state\(\) returned/);
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
