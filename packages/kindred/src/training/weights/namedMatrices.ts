import { describe, unknownName } from "../../matrix/checks.ts";
import { type Matrix, zeros } from "../../matrix/matrix.ts";
import { checkAnyMatrix, checkStateMatrix, checkStateNames, type UncheckedState } from "../../state/checkState.ts";
import type { Place } from "../../state/entries.ts";
import { loading } from "../../state/loading.ts";
import type { StateEntry } from "../../state/stateRecord.ts";

/** Matrices by name: a model's weights, a loss's parameters, or their slopes. */
export type NamedMatrices = Readonly<Record<string, Matrix>>;

/** Copies that share no memory with the matrices. */
export function copyAll(matrices: NamedMatrices): NamedMatrices {
  return mapAll(matrices, ({ data, rows, cols }) => ({ data: data.slice(), rows, cols }));
}

/** Another matrix in the place of each. */
export function mapAll(matrices: NamedMatrices, map: (matrix: Matrix, name: string) => Matrix): NamedMatrices {
  return Object.fromEntries(Object.entries(matrices).map(([name, matrix]) => [name, map(matrix, name)]));
}

/** A matrix times a number, as a new one. */
export function scaled({ data, rows, cols }: Matrix, factor: number): Matrix {
  return { data: data.map((entry) => factor * entry), rows, cols };
}

/** The matrices times a number, as new ones. */
export function scaledAll(matrices: NamedMatrices, factor: number): NamedMatrices {
  return mapAll(matrices, (matrix) => scaled(matrix, factor));
}

/** Sums by name, as new matrices; a name that one of the two lacks counts as zeros there. */
export function sumsOf(a: NamedMatrices, b: NamedMatrices): NamedMatrices {
  return mapAll({ ...a, ...b }, ({ rows, cols }, name) => {
    const sum = zeros(rows, cols);
    for (const { data } of [a[name], b[name]].filter((each) => each !== undefined))
      for (let k = 0; k < data.length; k++) sum.data[k] += data[k];
    return sum;
  });
}

/** The size of the largest entry, NaN when one is NaN. Four side by side do not wait for each other. */
export function largestEntry(data: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length & ~3;
  for (let k = 0; k < whole; k += 4) {
    a = Math.max(a, Math.abs(data[k]));
    b = Math.max(b, Math.abs(data[k + 1]));
    c = Math.max(c, Math.abs(data[k + 2]));
    d = Math.max(d, Math.abs(data[k + 3]));
  }
  for (let k = whole; k < data.length; k++) a = Math.max(a, Math.abs(data[k]));
  return Math.max(a, b, c, d);
}

/**
 * Parameters beside what was given for them.
 *
 * @param what was given, for errors: "slope"
 * @throws RangeError for an unknown name or another shape
 */
export function pairUp(
  parameters: NamedMatrices,
  given: NamedMatrices,
  what: string,
): { name: string; parameter: Matrix; partner: Matrix }[] {
  return Object.entries(given).map(([name, partner]) => {
    const parameter = parameters[name];
    if (parameter === undefined)
      throw new RangeError(unknownName(`there is a ${what} for the unknown parameter`, name, Object.keys(parameters)));
    if (partner.rows !== parameter.rows || partner.cols !== parameter.cols)
      throw new RangeError(
        `the ${what} of ${name} is ${partner.rows} x ${partner.cols}, the parameter ${parameter.rows} x ${parameter.cols}; ` +
          "they must be of one shape",
      );
    return { name, parameter, partner };
  });
}

/** Gives parameters the values given for them. @throws RangeError, before anything changes, as {@link pairUp} says */
export function writeAll(parameters: NamedMatrices, values: NamedMatrices): void {
  for (const { parameter, partner } of pairUp(parameters, values, "value")) parameter.data.set(partner.data);
}

/**
 * An entry of a state: matrices by name, or null.
 *
 * @param like matrices whose names and shapes those of a state must have; with `isPart` not all of the names need be there.
 *   undefined: any
 */
export function keptNamedMatrices(
  place: Place<NamedMatrices | null>,
  like?: NamedMatrices,
  { isPart = false }: { readonly isPart?: boolean } = {},
): StateEntry {
  const check = (given: unknown, name: string): NamedMatrices => {
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new TypeError(`${name} is ${describe(given)}; give what state() returned`);
    const matrices = given as UncheckedState;
    const wanted = like === undefined || isPart ? Object.keys(matrices) : Object.keys(like);
    const strange = like && wanted.find((each) => like[each] === undefined);
    if (strange !== undefined)
      throw new RangeError(unknownName(`${name} has the unexpected`, strange, Object.keys(like!)));
    checkStateNames(matrices, wanted, name, "Trainer");
    const checked = wanted.map((each): [string, Matrix] => {
      const words = `${name}.${each}`;
      return [each, like ? checkStateMatrix(matrices[each], words, like[each]) : checkAnyMatrix(matrices[each], words)];
    });
    return copyAll(Object.fromEntries(checked));
  };
  return {
    save: () => {
      const matrices = place.get();
      return matrices === null ? null : copyAll(matrices);
    },
    prepare: (given, name) => {
      const matrices = given === null ? null : check(given, name);
      return loading(() => place.set(matrices));
    },
  };
}
