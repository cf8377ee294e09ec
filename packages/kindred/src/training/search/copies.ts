import { type Matrix, rowView } from "../../matrix/matrix.ts";
import type { HeldParts } from "./heldParts.ts";

/**
 * The parts without rows that stand, entry by entry, in a part that comes after: a row that is trained on would make its copy
 * easy to judge.
 */
export function withoutCopies(x: Matrix, parts: HeldParts): HeldParts & { readonly leftOut: number } {
  const seen = new RowSet(x);
  for (const row of parts.judge) seen.add(row);
  const choose = parts.choose.filter((row) => !seen.has(row));
  for (const row of choose) seen.add(row);
  const train = parts.train.filter((row) => !seen.has(row));
  const leftOut = parts.choose.length - choose.length + parts.train.length - train.length;
  return { by: parts.by, judge: parts.judge, choose, train, leftOut };
}

/** Rows of a matrix by what they hold. */
class RowSet {
  readonly #x: Matrix;
  readonly #byHash = new Map<number, number[]>();

  constructor(x: Matrix) {
    this.#x = x;
  }

  add(row: number): void {
    const hash = this.#hash(row);
    const rows = this.#byHash.get(hash);
    if (rows === undefined) this.#byHash.set(hash, [row]);
    else rows.push(row);
  }

  has(row: number): boolean {
    const entries = rowView(this.#x, row);
    const candidates = this.#byHash.get(this.#hash(row)) ?? [];
    return candidates.some((other) => rowView(this.#x, other).every((entry, j) => entry === entries[j]));
  }

  #hash(row: number): number {
    const entries = rowView(this.#x, row);
    let hash = 0x811c9dc5;
    // + 0 makes -0 the 0 that it equals
    for (const entry of entries) hash = Math.imul(hash ^ bitsOf(entry + 0), 0x01000193);
    return hash;
  }
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

function bitsOf(entry: number): number {
  float[0] = entry;
  return bits[0];
}
