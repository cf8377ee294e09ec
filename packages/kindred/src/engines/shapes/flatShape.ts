/** Rows and columns of a tensor laid flat: its last dimension as columns. A number is 1 x 1. */
export function flatShape(shape: readonly number[]): { rows: number; cols: number } {
  const cols = shape.at(-1) ?? 1;
  return { rows: entriesOf(shape.slice(0, -1)), cols };
}

/** How many entries a tensor of this shape has. */
export function entriesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
