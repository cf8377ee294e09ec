import { isMatrix, type Matrix } from "../matrix/matrix.ts";

/**
 * What a model or an optimizer keeps, flat: matrices, numbers and words by name. A file of named arrays can hold it. `kind` is
 * the name of the class.
 */
export type StateDict = Readonly<Record<string, Matrix | number | string>>;

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

/** The entries whose names begin with the prefix, under the rest of their names, and the others as they are. */
export function parted<T>(
  state: Readonly<Record<string, T>>,
  prefix: string,
): { within: Readonly<Record<string, T>>; others: Readonly<Record<string, T>> } {
  const entries = Object.entries(state);
  const within = entries.filter(([name]) => name.startsWith(prefix));
  return {
    within: Object.fromEntries(within.map(([name, value]) => [name.slice(prefix.length), value])),
    others: Object.fromEntries(entries.filter(([name]) => !name.startsWith(prefix))),
  };
}
