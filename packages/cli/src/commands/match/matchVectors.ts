import { calibrateThreshold, CosineSimilarity, nearestNeighbours, type Calibration, type Matrix } from "kindred";
import { atTheDoor, InputError } from "../../door/inputError.ts";

/** What is matched with what. */
export interface MatchQuestion {
  readonly gallery: Matrix;
  /** One a row of the gallery; null: none. */
  readonly labels: readonly string[] | null;
  /** null: the gallery's own rows, none of which matches itself. */
  readonly queries: Matrix | null;
  /** Gallery rows of each query. */
  readonly k: number;
}

/** The nearest gallery rows of queries `start` .. `start + rows - 1`, the nearest first: entry r of query i at `(i - start) * k + r`. */
export interface MatchBlock {
  readonly start: number;
  readonly rows: number;
  readonly k: number;
  /** Rows of the gallery, from 0 on. */
  readonly galleryRows: Int32Array;
  /** Cosine similarities. */
  readonly scores: Float32Array;
}

/** Pairs looked at between two blocks. */
const BLOCK_PAIRS = 2e8;

/** How many gallery rows a query can choose from. */
export function available({ gallery, queries }: Pick<MatchQuestion, "gallery" | "queries">): number {
  return gallery.rows - (queries === null ? 1 : 0);
}

/** The nearest gallery rows of each query by cosine, a block of `blockRows` queries after the other. */
export function* matchBlocks(
  question: MatchQuestion,
  blockRows = Math.max(256, Math.floor(BLOCK_PAIRS / question.gallery.rows)),
): Generator<MatchBlock> {
  const { gallery, k } = question;
  const isSelf = question.queries === null;
  const queries = question.queries ?? gallery;
  const distance = new CosineSimilarity();
  for (let start = 0; start < queries.rows; start += blockRows) {
    const rows = Math.min(blockRows, queries.rows - start);
    const data = queries.data.subarray(start * queries.cols, (start + rows) * queries.cols);
    const block: Matrix = { data, rows, cols: queries.cols };
    // one more than asked for: a row of the gallery finds itself, or a twin in its place
    const found = atTheDoor(() => nearestNeighbours(block, gallery, isSelf ? k + 1 : k, { distance }));
    yield { start, rows, k, ...(isSelf ? withoutSelf(found, start, rows, k) : named(found)) };
  }
}

/** The threshold on the cosine that tells best, by F1, pairs of one class from pairs of two in the gallery. */
export function calibrate(name: string, gallery: Matrix, labels: readonly string[]): Calibration {
  const classes = new Set(labels).size;
  if (classes < 2)
    throw new InputError(
      `${name} holds one class only (${JSON.stringify(labels[0])}); a threshold is found between pairs of one class and of two, give two classes or more`,
    );
  if (classes === labels.length)
    throw new InputError(
      `each of the ${classes} classes of ${name} has one row; a threshold is found from classes with two or more. Is this column the label?`,
    );
  return atTheDoor(() => calibrateThreshold({ query: gallery, queryLabels: labels }, new CosineSimilarity(), "f1"));
}

interface Found {
  readonly indices: Int32Array;
  readonly distances: Float32Array;
}

function named({ indices, distances }: Found): Pick<MatchBlock, "galleryRows" | "scores"> {
  return { galleryRows: indices, scores: distances };
}

/** Of k + 1 neighbours those that are not the query itself, k at most. */
function withoutSelf(
  { indices, distances }: Found,
  start: number,
  rows: number,
  k: number,
): Pick<MatchBlock, "galleryRows" | "scores"> {
  const galleryRows = new Int32Array(rows * k);
  const scores = new Float32Array(rows * k);
  for (let i = 0; i < rows; i++) {
    let to = i * k;
    for (let from = i * (k + 1); from < (i + 1) * (k + 1) && to < (i + 1) * k; from++) {
      if (indices[from] === start + i) continue;
      galleryRows[to] = indices[from];
      scores[to++] = distances[from];
    }
  }
  return { galleryRows, scores };
}
