import type { Matrix } from "../matrix/matrix.ts";
import { stacked } from "../matrix/stacked.ts";
import { learnAtOnce, learnInChunks } from "./learnBatch.ts";
import type { Model } from "./model.ts";
import { TwoTowers } from "./twoTowers.ts";

/** The slopes at the embeddings of each column; null: none is wanted. */
type SlopesOf = (embeddings: readonly Matrix[]) => readonly (Matrix | null)[];

/** Columns that one model embeds, one above the other. */
interface Share {
  /** null: they are embeddings already. */
  readonly model: Model | null;
  readonly columns: readonly Matrix[];
}

/**
 * Embeds all columns in training mode, each by the model that is for it, asks for the slopes once, and pulls them back.
 *
 * @param chunkSize rows that a model embeds at a time; null: all
 */
export function learnColumns(
  model: Model,
  columns: readonly Matrix[],
  slopesOf: SlopesOf,
  chunkSize: number | null,
): void {
  const shares: Share[] =
    model instanceof TwoTowers
      ? [
          { model: model.query, columns: columns.slice(0, 1) },
          { model: model.document, columns: columns.slice(1) },
        ]
      : [{ model, columns }];
  learnShares(shares, slopesOf, chunkSize, []);
}

/** @param embedded of the shares before: their models are in training mode, and wait for their slopes */
function learnShares(
  [first, ...rest]: readonly Share[],
  slopesOf: SlopesOf,
  chunkSize: number | null,
  embedded: readonly Matrix[],
): readonly (Matrix | null)[] {
  const { model, columns } = first;
  let slopes: readonly (Matrix | null)[] = [];
  const slopesWith = (embeddings: readonly Matrix[]): readonly (Matrix | null)[] => {
    const all = [...embedded, ...embeddings];
    slopes = rest.length === 0 ? slopesOf(all) : learnShares(rest, slopesOf, chunkSize, all);
    return slopes.slice(embedded.length, all.length);
  };
  if (model === null || columns.length === 0) {
    slopesWith(columns);
    return slopes;
  }
  const rows = columns.map((column) => column.rows);
  const inputs = columns.length === 1 ? columns[0] : stacked(...(columns as unknown as [Matrix, ...Matrix[]]));
  const slopeOf = (embeddings: Matrix): Matrix => stackedSlopes(slopesWith(cut(embeddings, rows)), embeddings);
  if (chunkSize === null || inputs.rows <= chunkSize) learnAtOnce(model, inputs, slopeOf);
  else learnInChunks(model, inputs, slopeOf, chunkSize);
  return slopes;
}

function cut({ data, cols }: Matrix, counts: readonly number[]): Matrix[] {
  let start = 0;
  return counts.map((rows) => {
    const part = { data: data.subarray(start * cols, (start + rows) * cols), rows, cols };
    start += rows;
    return part;
  });
}

/** One above the other; zeros where none is wanted. */
function stackedSlopes(slopes: readonly (Matrix | null)[], { rows, cols }: Matrix): Matrix {
  if (slopes.length === 1 && slopes[0] !== null) return slopes[0];
  const data = new Float32Array(rows * cols);
  const each = rows / slopes.length;
  slopes.forEach((slope, k) => slope && data.set(slope.data, k * each * cols));
  return { data, rows, cols };
}
