import type { Distance } from "../../distances/distance.ts";
import type { MiningSet } from "./miningSet.ts";

/** The positive of each anchor. */
export interface Positives {
  /** The reference it is; -1 where there is none. */
  readonly indices: Int32Array;
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

function measure({ anchors, reference }: MiningSet, indices: Int32Array, distance: Distance): Positives {
  const distances = new Float32Array(anchors.rows);
  for (let start = 0; start < anchors.rows; start += PAIRS) {
    const rows = Int32Array.from({ length: Math.min(PAIRS, anchors.rows - start) }, (_, k) => start + k);
    const positives = reference.take(indices.subarray(start, start + rows.length));
    const { data } = distance.matrix(anchors.take(rows), positives);
    rows.forEach((row, k) => (distances[row] = data[k * rows.length + k]));
  }
  return { indices, distances };
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
  return { indices, distances };
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
