import type { ScoreSpace } from "./scoreSpace.ts";

/**
 * The same scores, while `onProgress` is told how many rows are done with. Rows are gone through from the top, so that a
 * band of rows is done when the next begins.
 */
export function watchedSpace(space: ScoreSpace, onProgress: (done: number, total: number) => void): ScoreSpace {
  let done = 0;
  return {
    ...space,
    fill(block, pointer, stride) {
      if (block.rowStart > done) {
        done = block.rowStart;
        onProgress(done, space.rows);
      }
      space.fill(block, pointer, stride);
    },
  };
}
