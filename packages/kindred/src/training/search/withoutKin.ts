import type { Label } from "../../matrix/labels.ts";
import { type Matrix, rowView } from "../../matrix/matrix.ts";
import type { HeldParts } from "./heldParts.ts";
import { NearRows } from "./nearRows.ts";

/**
 * The parts without rows that have kin in a part that comes after: the same entries, nearly the same direction, or the same group. A row that
 * is trained on would make its kin easy to judge.
 *
 * @param groups one a row; null: rows have none
 */
export function withoutKin(
  x: Matrix,
  parts: HeldParts,
  groups: readonly Label[] | null = null,
): HeldParts & { readonly leftOut: number } {
  const [near, copies] = [new NearRows(x), new RowSet(x)];
  const groupsSeen = new Set<Label>();
  const see = (rows: Int32Array): void => {
    for (const row of rows) copies.add(row);
    if (groups !== null) for (const row of rows) groupsSeen.add(groups[row]);
  };
  const kinless = (rows: Int32Array, later: Int32Array): Int32Array => {
    const isNear = near.nearTo(rows, later);
    return rows.filter(
      (row) => !copies.has(row) && !isNear.has(row) && (groups === null || !groupsSeen.has(groups[row])),
    );
  };
  see(parts.judge);
  const choose = kinless(parts.choose, parts.judge);
  see(choose);
  const train = kinless(parts.train, Int32Array.from([...parts.judge, ...choose]));
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
