import { describe } from "../matrix/checks.ts";
import { isMatrix, type Matrix } from "../matrix/matrix.ts";

/** What a model or an optimizer keeps, flat: matrices and numbers by name. A file of named arrays can hold it. */
export type StateDict = Readonly<Record<string, Matrix | number>>;

/** A copy that shares no memory with the matrix. */
export function copyMatrix({ data, rows, cols }: Matrix): Matrix {
  return { data: data.slice(), rows, cols };
}

/** Copies of the matrices, each name behind the prefix. */
export function prefixed(state: StateDict, prefix: string): StateDict {
  return Object.fromEntries(
    Object.entries(state).map(([name, value]) => [prefix + name, isMatrix(value) ? copyMatrix(value) : value]),
  );
}

/** The entries whose names begin with the prefix, under the rest of their names. */
export function withoutPrefix(state: StateDict, prefix: string): StateDict {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** Copies of the matrices whose names begin with the prefix, under the rest of their names. */
export function copiesUnder(state: StateDict, prefix: string): Record<string, Matrix> {
  const copies: Record<string, Matrix> = {};
  for (const [name, value] of Object.entries(withoutPrefix(state, prefix)))
    if (isMatrix(value)) copies[name] = copyMatrix(value);
  return copies;
}

/**
 * The matrix `name` of a saved state.
 *
 * @throws RangeError when the state has none, or one of another shape
 */
export function savedMatrix(state: StateDict, name: string, rows: number, cols: number, owner: string): Matrix {
  const saved = state[name];
  if (!isMatrix(saved))
    throw new RangeError(`the state for ${owner} has no matrix ${name}; give a state that ${owner} saved`);
  if (saved.rows !== rows || saved.cols !== cols || saved.data.length !== rows * cols)
    throw new RangeError(
      `the state for ${owner} has ${name} of ${saved.rows} x ${saved.cols}, ${rows} x ${cols} is needed; ` +
        "build the model with the shape it was saved with",
    );
  return saved;
}

/** The number `name` of a saved state. @throws RangeError when the state has none */
export function savedNumber(state: StateDict, name: string, owner: string): number {
  const saved = state[name];
  if (typeof saved !== "number")
    throw new RangeError(`the state for ${owner} has ${name} = ${describe(saved)}; give a state that ${owner} saved`);
  return saved;
}
