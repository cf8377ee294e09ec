import type { Distance } from "../../distances/distance.ts";
import type { MiningSet, RowLists } from "./miningSet.ts";

/** The positives of each anchor: those of anchor a stand from starts[a] to before starts[a + 1]. */
export interface Positives extends RowLists {
  readonly distances: Float32Array;
}

/** Anchors and references that are compared at once. */
const ANCHORS = 256;
const REFERENCES = 2048;
/** Given pairs that are compared at once, each anchor with the positives of all: few, since only their own is wanted. */
const PAIRS = 32;

/** The positives given, or of each anchor the nearest reference of its class. */
export function positivesOfAnchors(set: MiningSet, distance: Distance): Positives {
  return set.positives === null ? nearestOfClass(set, distance) : measure(set, set.positives, distance);
}

function measure({ anchors, reference }: MiningSet, { starts, rows }: RowLists, distance: Distance): Positives {
  const distances = new Float32Array(rows.length);
  const anchorOf = new Int32Array(rows.length);
  for (let a = 0; a < anchors.rows; a++) anchorOf.fill(a, starts[a], starts[a + 1]);
  for (let start = 0; start < rows.length; start += PAIRS) {
    const end = Math.min(start + PAIRS, rows.length);
    const { data, cols } = distance.matrix(
      anchors.take(anchorOf.subarray(start, end)),
      reference.take(rows.subarray(start, end)),
    );
    for (let k = start; k < end; k++) distances[k] = data[(k - start) * (cols + 1)];
  }
  return { starts, rows, distances };
}

function nearestOfClass(set: MiningSet, distance: Distance): Positives {
  const { anchors, reference, isSelf } = set;
  const farther = distance.away;
  const indices = new Int32Array(anchors.rows).fill(-1);
  const distances = new Float32Array(anchors.rows);
  const rowsOfClass = groupRows(set.codes!, set.classes);
  const referencesOfClass = groupRows(set.referenceCodes!, set.classes);
  for (let c = 0; c < set.classes; c++) {
    forEachPart(rowsOfClass[c], ANCHORS, (rows) => {
      const own = anchors.take(rows);
      forEachPart(referencesOfClass[c], REFERENCES, (others) => {
        const { data } = distance.matrix(own, reference.take(others));
        rows.forEach((row, i) => {
          others.forEach((other, j) => {
            const value = data[i * others.length + j];
            if (isSelf && row === other) return;
            if (indices[row] >= 0 && farther * value >= farther * distances[row]) return;
            indices[row] = other;
            distances[row] = value;
          });
        });
      });
    });
  }
  return listsOfOne(indices, distances);
}

/** Lists of one row, or of none where it is -1. */
function listsOfOne(indices: Int32Array, distances: Float32Array): Positives {
  const starts = new Int32Array(indices.length + 1);
  indices.forEach((row, anchor) => (starts[anchor + 1] = starts[anchor] + (row >= 0 ? 1 : 0)));
  const isThere = (_: number, anchor: number): boolean => indices[anchor] >= 0;
  return { starts, rows: indices.filter(isThere), distances: distances.filter(isThere) };
}

/** The rows of each class. */
function groupRows(codes: Int32Array, classes: number): Int32Array[] {
  const sizes = new Int32Array(classes);
  for (const code of codes) sizes[code]++;
  const groups = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  codes.forEach((code, row) => (groups[code][sizes[code]++] = row));
  return groups;
}

function forEachPart(rows: Int32Array, size: number, visit: (part: Int32Array) => void): void {
  for (let start = 0; start < rows.length; start += size) visit(rows.subarray(start, start + size));
}
