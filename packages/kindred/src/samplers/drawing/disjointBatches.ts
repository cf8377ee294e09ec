import type { Random } from "../../matrix/random.ts";

/** The values of rows: those of row i stand from i * columns on, as numbers from 0 to before `count`. */
export interface RowValues {
  readonly codes: Int32Array;
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
}

/** Rows of a group that are tried for a batch, and groups without a fitting one before the batch is closed. */
const TRIED_ROWS = 8;
const TRIED_GROUPS = 1000;
/** How often each row may change places with another in an epoch. */
const PASSES = 8;

/**
 * Rows in batches so that no two rows of a batch share a value; the full batches come first, the smallest last.
 *
 * A row belongs to the group of its most frequent value. Each batch takes a row of the groups that have the most left: where rows have one
 * value each, no fewer batches are possible.
 *
 * @returns the rows of each batch
 */
export function disjointBatches(values: RowValues, batchSize: number): Int32Array[] {
  const groups = groupsOf(values);
  const heap = new GroupHeap(groups);
  const stamps = new Int32Array(values.count).fill(-1);
  const batches: Int32Array[] = [];
  while (heap.size > 0) {
    const batch: number[] = [];
    const waiting: number[] = [];
    for (let blocked = 0; batch.length < batchSize && heap.size > 0 && blocked < TRIED_GROUPS;) {
      const group = heap.pop();
      const row = takeFitting(groups[group], values, stamps, batches.length);
      if (row >= 0) batch.push(row);
      else blocked++;
      if (groups[group].length > 0) waiting.push(group);
    }
    for (const group of waiting) heap.push(group);
    batches.push(Int32Array.from(batch));
  }
  return batches.sort((a, b) => b.length - a.length);
}

/** The rows whose most frequent value each value is, the last ones first to be taken. */
function groupsOf({ codes, columns, rows, count }: RowValues): number[][] {
  const frequency = new Int32Array(count);
  for (const code of codes) frequency[code]++;
  const groups = Array.from({ length: count }, (): number[] => []);
  for (let row = rows - 1; row >= 0; row--) {
    let most = codes[row * columns];
    for (let k = row * columns; k < (row + 1) * columns; k++)
      if (frequency[codes[k]] > frequency[most]) most = codes[k];
    groups[most].push(row);
  }
  return groups;
}

/** Takes a row of a group none of whose values bears the stamp, and stamps its values; -1: none of those tried. */
function takeFitting(group: number[], { codes, columns }: RowValues, stamps: Int32Array, stamp: number): number {
  for (let place = group.length - 1; place >= Math.max(0, group.length - TRIED_ROWS); place--) {
    const row = group[place];
    const own = codes.subarray(row * columns, (row + 1) * columns);
    if (own.some((code) => stamps[code] === stamp)) continue;
    for (const code of own) stamps[code] = stamp;
    group[place] = group[group.length - 1];
    group.pop();
    return row;
  }
  return -1;
}

/** Groups by how many rows they have left, the largest on top; of equally large ones the first. */
class GroupHeap {
  readonly #groups: readonly (readonly number[])[];
  readonly #heap: number[] = [];

  constructor(groups: readonly (readonly number[])[]) {
    this.#groups = groups;
    groups.forEach((group, g) => group.length > 0 && this.push(g));
  }

  get size(): number {
    return this.#heap.length;
  }

  push(group: number): void {
    const heap = this.#heap;
    let place = heap.push(group) - 1;
    for (let parent = (place - 1) >> 1; place > 0 && this.#isBefore(group, heap[parent]); parent = (place - 1) >> 1) {
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = group;
  }

  pop(): number {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1], heap[child])) child++;
      if (!this.#isBefore(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return top;
  }

  #isBefore(a: number, b: number): boolean {
    const [left, right] = [this.#groups[a].length, this.#groups[b].length];
    return left > right || (left === right && a < b);
  }
}

/**
 * Lets rows change places with rows of other batches, at random, where no two of a batch then share a value. The sizes of the batches
 * stay.
 *
 * @param rows the rows of all batches, changed in place: batch b is rows[starts[b]] .. rows[starts[b + 1] - 1]
 */
export function exchangeRows(rows: Int32Array, starts: Int32Array, values: RowValues, random: Random): void {
  const { codes, columns } = values;
  const bearers = bearersOf(values);
  const batchOf = new Int32Array(values.rows);
  for (let b = 0; b + 1 < starts.length; b++)
    for (let place = starts[b]; place < starts[b + 1]; place++) batchOf[rows[place]] = b;
  /** Whether a row shares no value with a batch, but for the row that leaves it. */
  const fits = (row: number, batch: number, leaving: number): boolean => {
    for (let k = row * columns; k < (row + 1) * columns; k++) if (isMet(codes[k], batch, row, leaving)) return false;
    return true;
  };
  /** Whether a batch has a row with the value, but for two: the shorter list is gone through, the value's rows or the batch's. */
  const isMet = (value: number, batch: number, row: number, leaving: number): boolean => {
    const [from, to] = [bearers.starts[value], bearers.starts[value + 1]];
    if (to - from <= columns * (starts[batch + 1] - starts[batch])) {
      for (let k = from; k < to; k++) {
        const bearer = bearers.rows[k];
        if (batchOf[bearer] === batch && bearer !== row && bearer !== leaving) return true;
      }
      return false;
    }
    for (let place = starts[batch]; place < starts[batch + 1]; place++) {
      if (rows[place] === leaving) continue;
      for (let c = 0; c < columns; c++) if (codes[rows[place] * columns + c] === value) return true;
    }
    return false;
  };
  for (let pass = 0; pass < PASSES; pass++) {
    for (let place = 0; place < rows.length; place++) {
      const other = random.integer(rows.length);
      const [row, leaving] = [rows[place], rows[other]];
      const [own, target] = [batchOf[row], batchOf[leaving]];
      if (own === target || !fits(row, target, leaving) || !fits(leaving, own, row)) continue;
      [rows[place], rows[other]] = [leaving, row];
      [batchOf[row], batchOf[leaving]] = [target, own];
    }
  }
}

/** The rows that have each value: those of value v stand from starts[v] to before starts[v + 1]. */
function bearersOf({ codes, columns, count }: RowValues): { readonly starts: Int32Array; readonly rows: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const code of codes) starts[code + 1]++;
  for (let value = 0; value < count; value++) starts[value + 1] += starts[value];
  const ends = starts.slice();
  const rows = new Int32Array(codes.length);
  codes.forEach((code, k) => (rows[ends[code]++] = Math.floor(k / columns)));
  return { starts, rows };
}
