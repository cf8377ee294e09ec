import { type Matrix, zeros } from "../../src/matrix/matrix.ts";
import { Random } from "../../src/matrix/random.ts";

/** The side of a drawn image. */
export const SIDE = 16;

type Point = readonly [x: number, y: number];

/**
 * Images of invented letters, SIDE x SIDE: a class is a line through four points, a drawing of it the line with the points
 * moved a little, the whole shifted by up to three pixels, in ink of any strength, and noise.
 *
 * @param perClass drawings of each class
 */
export function glyphs(classes: number, perClass: number, seed: number): { inputs: Matrix; labels: number[] } {
  const random = new Random(seed);
  const between = (from: number, to: number): number => from + (to - from) * random.uniform();
  const inputs = zeros(classes * perClass, SIDE * SIDE);
  const labels: number[] = [];
  for (let label = 0; label < classes; label++) {
    const letter = Array.from({ length: 4 }, (): Point => [between(3, SIDE - 4), between(3, SIDE - 4)]);
    for (let k = 0; k < perClass; k++) {
      const [right, down, ink] = [between(-3, 3), between(-3, 3), between(0.4, 1)];
      const line = letter.map(([x, y]): Point => [x + right + between(-0.7, 0.7), y + down + between(-0.7, 0.7)]);
      const image = inputs.data.subarray(labels.length * SIDE * SIDE, (labels.length + 1) * SIDE * SIDE);
      image.forEach((_, p) => {
        const distance = distanceToLine([p % SIDE, Math.floor(p / SIDE)], line);
        image[p] = ink * Math.max(0, 1 - distance / 1.5) + 0.1 * random.normal();
      });
      labels.push(label);
    }
  }
  return { inputs, labels };
}

function distanceToLine([x, y]: Point, line: readonly Point[]): number {
  const distances = line.slice(1).map(([x2, y2], k) => {
    const [x1, y1] = line[k];
    const squared = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const share = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / squared));
    return Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1));
  });
  return Math.min(...distances);
}
