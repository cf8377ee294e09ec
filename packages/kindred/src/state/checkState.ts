import { describe } from "../matrix/checks.ts";
import { isMatrix, toMatrix, type Matrix } from "../matrix/matrix.ts";

/** The words of a state that say whose it is. */
export const KIND = "kind";

/** A state of which nothing is known but that it has names. */
export type UncheckedState = Readonly<Record<string, unknown>>;

/**
 * Refuses what is no state, or the state of something else.
 *
 * @param kind the name of the class whose state is wanted
 * @throws TypeError when it is no object; RangeError when it is of another kind
 */
export function checkKind(state: unknown, kind: string): UncheckedState {
  if (typeof state !== "object" || state === null || Array.isArray(state))
    throw new TypeError(`the state of ${kind} is ${describe(state)}; give what state() returned`);
  const given: unknown = Object.hasOwn(state, KIND) ? (state as UncheckedState)[KIND] : undefined;
  if (typeof given !== "string")
    throw new RangeError(
      `the state's kind is ${describe(given)}, so it is not of this ${kind}; give what state() returned`,
    );
  if (given !== kind)
    throw new RangeError(`this is the state of ${given}, not of ${kind}; give what state() of ${kind} returned`);
  return state as UncheckedState;
}

/**
 * Refuses a state that lacks names or has others.
 *
 * @param part which part of a state it is: "the state" or "the state's losses"
 * @throws RangeError naming all that are missing and all that are too many
 */
export function checkStateNames(state: UncheckedState, names: readonly string[], part: string, owner: string): void {
  const missing = names.filter((name) => !Object.hasOwn(state, name) || state[name] === undefined);
  const others = Object.keys(state).filter((name) => !names.includes(name));
  if (missing.length + others.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`has no ${listed(missing)}`] : []),
    ...(others.length > 0 ? [`has the unexpected ${listed(others)}`] : []),
  ];
  throw new RangeError(
    `${part} ${faults.join(" and ")}; it is not of this ${owner}, give what state() of one with the same options returned`,
  );
}

/**
 * A matrix of a state.
 *
 * @param name "the state's W"
 * @throws TypeError when it is none, or its data are no Float32Array (as JSON leaves them); RangeError when it is of another
 *   shape, or holds NaN or an infinity
 */
export function checkStateMatrix(given: unknown, name: string, { rows, cols }: Pick<Matrix, "rows" | "cols">): Matrix {
  const matrix = checkAnyMatrix(given, name);
  if (matrix.rows !== rows || matrix.cols !== cols)
    throw new RangeError(
      `${name} is ${matrix.rows} x ${matrix.cols}, ${rows} x ${cols} is needed; give the state of one with the same shape`,
    );
  return matrix;
}

/** A matrix of a state, of any shape. @throws as {@link checkStateMatrix} */
export function checkAnyMatrix(given: unknown, name: string): Matrix {
  if (!isMatrix(given)) throw new TypeError(`${name} is ${describe(given)}; a matrix is needed`);
  if (!(given.data instanceof Float32Array))
    throw new TypeError(
      `${name}.data is ${describe(given.data)}; give a Float32Array (JSON does not keep one: save it as Array.from(data))`,
    );
  return toMatrix(given, name);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => (name.length > 40 ? `${name.slice(0, 40)}...` : name));
  return names.length > 8 ? `${shown.join(", ")} and ${names.length - 8} more` : shown.join(", ");
}
