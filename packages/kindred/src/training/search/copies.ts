import { type Matrix, rowView } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { HeldParts } from "./heldParts.ts";

/** Rows whose distance is less than this share of their length are copies: what one model makes of one text differs by as much. */
const TOLERANCE = 1e-5;

/**
 * The parts without rows of which a copy stands in a part that comes after: a row that is trained on would make its copy easy to
 * judge.
 */
export function withoutCopies(x: Matrix, parts: HeldParts): HeldParts & { readonly leftOut: number } {
  const groups = groupsOfCopies(x);
  const taken = new Set<number>();
  const kept = (rows: Int32Array): Int32Array => {
    const free = rows.filter((row) => !taken.has(groups[row]));
    for (const row of free) taken.add(groups[row]);
    return free;
  };
  const [judge, choose, train] = [kept(parts.judge), kept(parts.choose), kept(parts.train)];
  const leftOut = parts.choose.length - choose.length + parts.train.length - train.length;
  return { by: parts.by, judge, choose, train, leftOut };
}

/**
 * A number for each row; copies of a row have the same. Rows are gone through in the order of their products with one random direction:
 * those of copies lie side by side.
 */
function groupsOfCopies(x: Matrix): Int32Array {
  const products = projections(x);
  const order = Int32Array.from(products.keys()).sort((a, b) => products[a] - products[b]);
  const groups = new Int32Array(x.rows);
  // the first row of each group whose copies may still come
  let open: number[] = [];
  for (const row of order) {
    const reach = TOLERANCE * lengthOf(rowView(x, row)) * (1 + TOLERANCE);
    open = open.filter((first) => products[row] - products[first] <= reach);
    const first = open.find((candidate) => isCopy(x, candidate, row));
    groups[row] = first ?? row;
    if (first === undefined) open.push(row);
  }
  return groups;
}

/** Products of the rows with a random direction of length 1. */
function projections(x: Matrix): Float64Array {
  const random = new Random(0);
  const direction = Float64Array.from({ length: x.cols }, () => random.normal());
  const length = lengthOf(direction);
  return Float64Array.from({ length: x.rows }, (_, i) =>
    rowView(x, i).reduce((sum, entry, j) => sum + (entry * direction[j]) / length, 0),
  );
}

function isCopy(x: Matrix, first: number, row: number): boolean {
  const [a, b] = [rowView(x, first), rowView(x, row)];
  const most = (TOLERANCE * lengthOf(b)) ** 2;
  let squares = 0;
  for (let j = 0; j < a.length && squares <= most; j++) squares += (a[j] - b[j]) ** 2;
  return squares <= most;
}

function lengthOf(row: Float32Array | Float64Array): number {
  let squares = 0;
  for (const entry of row) squares += entry * entry;
  return Math.sqrt(squares);
}
