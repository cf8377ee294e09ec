import type { Batch } from "../../batch/batch.ts";
import { matchRows, orderedRows, type OrderedRows } from "../../batch/matchedRows.ts";
import { zerosLike, type Matrix } from "../../matrix/matrix.ts";
import { stacked } from "../../matrix/stacked.ts";

/** Rows that ask or that can be asked for, and the way back for their slopes. */
export interface Roll {
  readonly matrix: Matrix;
  /** What the guide makes of them; null: there is no guide. */
  readonly guide: Matrix | null;
  /** How many from the first on have a class; those behind, the rows of columns of negatives, are of none. */
  readonly codes: Int32Array;
  /** Adds the slopes of all its rows to the gradients of where they come from. */
  readonly addSlopes: (slopes: Matrix) => void;
}

/** A piece of a roll: rows of one column of the batch. */
interface Piece {
  /** Which rows; null: all, as they are. */
  readonly rows: Int32Array | null;
  readonly count: number;
  /** Where slopes are gathered: of the whole column. */
  readonly gradient: Matrix;
}

/**
 * A batch as queries and documents: document i is the positive of query i; then come the documents that are nobody's, and behind
 * them the columns of negatives, row i of each a negative of query i.
 */
export class Rolls {
  readonly queries: Roll;
  /** Document i for query i. */
  readonly positives: Roll;
  /** The positives, and the documents that are nobody's. */
  readonly answers: Roll;
  /** All of them. The same object as the answers, and they as the positives, where there is no difference. */
  readonly documents: Roll;
  /** Columns of negatives. */
  readonly columns: number;
  /** Which row of the embeddings each query is; null: all, as they are. */
  readonly queryRows: Int32Array | null;
  /** The slopes gathered, by where the rows come from. */
  readonly embeddings: Matrix;
  readonly reference: Matrix | null;
  readonly negatives: readonly Matrix[];

  constructor(batch: Batch) {
    const { embeddings, reference, negatives, guide } = batch;
    const { queries, candidates } = matchRows(batch);
    const count = queries.codes.length;
    this.columns = negatives.length;
    this.queryRows = queries.rows;
    this.embeddings = zerosLike(embeddings);
    this.reference = reference && zerosLike(reference);
    this.negatives = negatives.map(zerosLike);
    const there = { rows: reference ?? embeddings, guide: guide && (guide.reference ?? guide.embeddings) };
    const piece = pieceOf(candidates, this.reference ?? this.embeddings);
    this.queries = roll(
      orderedRows(embeddings, queries),
      guide && orderedRows(guide.embeddings, queries),
      queries.codes,
      [pieceOf(queries, this.embeddings)],
    );
    const answers = [orderedRows(there.rows, candidates), there.guide && orderedRows(there.guide, candidates)] as const;
    this.answers = roll(...answers, candidates.codes, [piece]);
    this.positives =
      candidates.codes.length === count
        ? this.answers
        : roll(firstRows(answers[0], count), answers[1] && firstRows(answers[1], count), queries.codes, [
            { ...piece, rows: candidates.rows && candidates.rows.subarray(0, count), count },
          ]);
    this.documents =
      negatives.length === 0
        ? this.answers
        : roll(
            stacked(answers[0], ...negatives),
            answers[1] && stacked(answers[1], ...guide!.negatives),
            candidates.codes,
            [piece, ...this.negatives.map((gradient) => ({ rows: null, count, gradient }))],
          );
  }

  /** The place among the documents of query i's negative in column k. */
  negativeOf(i: number, k: number): number {
    return this.answers.matrix.rows + k * this.queries.matrix.rows + i;
  }
}

function roll(matrix: Matrix, guide: Matrix | null, codes: Int32Array, pieces: readonly Piece[]): Roll {
  const addSlopes = (slopes: Matrix): void => {
    let start = 0;
    for (const piece of pieces) {
      addRows(piece, slopes, start);
      start += piece.count;
    }
  };
  return { matrix, guide, codes, addSlopes };
}

function pieceOf({ rows, codes }: OrderedRows, gradient: Matrix): Piece {
  return { rows, count: codes.length, gradient };
}

/** Adds the slopes from row `start` on to the rows of a piece. */
function addRows({ rows, count, gradient: { data: sum, cols } }: Piece, { data }: Matrix, start: number): void {
  for (let r = 0; r < count; r++) {
    const to = (rows?.[r] ?? r) * cols;
    const from = (start + r) * cols;
    for (let c = 0; c < cols; c++) sum[to + c] += data[from + c];
  }
}

function firstRows({ data, cols }: Matrix, rows: number): Matrix {
  return { data: data.subarray(0, rows * cols), rows, cols };
}
