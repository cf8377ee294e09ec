import { normalizeRows, pullThroughNormalizedRows } from "../../distances/forms/normalization.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";

/** How far rows are from their partners, and the slopes of both. */
interface UnitDistance {
  readonly value: number;
  readonly ofRows: Matrix;
  readonly ofPartners: Matrix;
}

/**
 * How far each row's direction is from that of the row in its place in the other matrix, squared:
 *
 *     L = mean over rows and columns of (x_ij / |x_i| - y_ij / |y_i|)^2
 *
 * 0 of no rows.
 */
export function unitDistance(rows: Matrix, partners: Matrix): UnitDistance {
  const [one, other] = [normalizeRows(rows, 2), normalizeRows(partners, 2)];
  const count = Math.max(one.data.length, 1);
  const slopes = zeros(one.rows, one.cols);
  let value = 0;
  for (let k = 0; k < one.data.length; k++) {
    const difference = one.data[k] - other.data[k];
    value += difference ** 2 / count;
    slopes.data[k] = (2 * difference) / count;
  }
  const opposite = { ...slopes, data: slopes.data.map((slope) => -slope) };
  return {
    value,
    ofRows: pullThroughNormalizedRows(rows, slopes, 2),
    ofPartners: pullThroughNormalizedRows(partners, opposite, 2),
  };
}
