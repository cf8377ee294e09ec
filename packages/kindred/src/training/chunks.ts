import { zeros, type Matrix } from "../matrix/matrix.ts";
import { stacked } from "../matrix/stacked.ts";

/** Some neighbouring rows of what is embedded. */
export interface Chunk {
  /** Embeds them; what a model keeps on the way may be forgotten. */
  readonly embed: () => Matrix;
  /** Embeds them again, in the same way, and pulls their rows of the slope back. */
  readonly learn: (slope: Matrix) => void;
}

/** Where chance stands, such as a dropout's; what it returns puts it back there. */
type Chance = () => () => void;

/**
 * The slopes of all rows with activations of one chunk at a time (cached gradients). Every chunk is embedded, the slope is asked for
 * once, at all embeddings, and each chunk is embedded again to pull its rows of the slope back:
 *
 *     d L / d w = sum over chunks C of  sum over i in C of  d L / d e_i  d e_i / d w
 *
 * Exact when a row's embedding depends on that row alone and is the same both times. With `chance` each chunk is embedded the
 * second time from where chance stood the first time; it ends where it would have ended without.
 *
 * @param slopeOf is handed a matrix of its own
 * @throws RangeError when the chunks' embeddings are not equally wide
 */
export function learnChunks(chunks: readonly Chunk[], slopeOf: (embeddings: Matrix) => Matrix, chance?: Chance): void {
  const replays: ((() => void) | undefined)[] = [];
  const parts = chunks.map(({ embed }) => {
    replays.push(chance?.());
    const { data, rows, cols } = embed();
    // a copy: the model may write its next embeddings to the same memory
    return { data: data.slice(), rows, cols };
  });
  const goOn = chance?.();
  const slope = slopeOf(joined(parts));
  let start = 0;
  try {
    chunks.forEach(({ learn }, k) => {
      const end = start + parts[k].rows;
      replays[k]?.();
      learn(rowsBetween(slope, start, end));
      start = end;
    });
  } finally {
    goOn?.();
  }
}

function joined(parts: readonly Matrix[]): Matrix {
  const [first, ...others] = parts;
  if (first === undefined) return zeros(0, 0);
  const other = others.find(({ cols }) => cols !== first.cols);
  if (other !== undefined)
    throw new RangeError(
      `the model gave rows of ${first.cols} and of ${other.cols} columns; embeddings of a batch must be equally wide`,
    );
  return stacked(first, ...others);
}

/** Copies, so that a model may write to them or hand them to its engine. */
export function rowsBetween({ data, cols }: Matrix, start: number, end: number): Matrix {
  return { data: data.slice(start * cols, end * cols), rows: end - start, cols };
}
