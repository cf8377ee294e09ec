import type { Matrix } from "../matrix/matrix.ts";

/** What the last `embed` with `isTraining` kept. @throws RangeError when there was none */
export function requireEmbedded<T>(kept: T | null): T {
  if (kept === null)
    throw new RangeError(
      "backward was called before embed; call embed(inputs, true) first, it keeps what backward needs",
    );
  return kept;
}

/** @throws RangeError when the slope is not of the embeddings' shape */
export function checkSlope(gradient: Matrix, { rows, cols }: Pick<Matrix, "rows" | "cols">): void {
  if (gradient.rows !== rows || gradient.cols !== cols)
    throw new RangeError(
      `the gradient is ${gradient.rows} x ${gradient.cols}, the last embeddings were ${rows} x ${cols}; ` +
        "give one slope an embedding's entry",
    );
}
