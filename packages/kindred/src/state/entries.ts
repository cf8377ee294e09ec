import { typeOf } from "../bytes/arrayTypes.ts";
import { checkNumber, checkOneOf, describe, type NumberBounds } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { Random } from "../matrix/random.ts";
import { checkStateMatrix, checkStateNames, type UncheckedState } from "./checkState.ts";
import { type Keeper, loading, prepareLoad } from "./loading.ts";
import type { State, StateValue } from "./state.ts";
import { prepareEntries, saveEntries, type StateEntry, type StateRecord } from "./stateRecord.ts";

/** Where an entry is kept. */
export interface Place<T> {
  get(): T;
  set(value: T): void;
}

/** Any value, by its check. */
export function keptValue<T extends StateValue>(
  place: Place<T>,
  check: (given: unknown, name: string) => T,
): StateEntry {
  return {
    save: () => place.get(),
    prepare: (given, name) => {
      const value = check(given, name);
      return loading(() => place.set(value));
    },
  };
}

/** A number within bounds. */
export function keptNumber(place: Place<number>, bounds: NumberBounds): StateEntry {
  return keptValue(place, (given, name) => checkNumber(given, name, bounds));
}

/** A whole number >= 0, of at most `atMost`. */
export function keptCount(place: Place<number>, atMost: number = Number.MAX_SAFE_INTEGER): StateEntry {
  return keptNumber(place, { atLeast: 0, atMost, integer: true });
}

/** true or false. */
export function keptFlag(place: Place<boolean>): StateEntry {
  return keptValue(place, (given, name) => checkOneOf<boolean>(given, name, [true, false]));
}

/** A list of `length` numbers within bounds. */
export function keptNumbers(place: Place<readonly number[]>, length: number, bounds: NumberBounds): StateEntry {
  return keptValue(place, (given, name) => checkNumbers(given, name, length, bounds));
}

/** Numbers of a Float64Array, NaN and infinities among them; `length` null: any number of them. */
export function keptFloats(place: Place<Float64Array>, length: number | null): StateEntry {
  return {
    save: () => place.get().slice(),
    prepare: (given, name) => {
      const floats = checkFloats(given, name, length);
      return loading(() => place.set(floats));
    },
  };
}

function checkFloats(given: unknown, name: string, length: number | null): Float64Array {
  if (typeOf(given) !== "F64") throw new TypeError(`${name} is ${describe(given)}; a Float64Array is needed`);
  const floats = Float64Array.from(given as Float64Array);
  if (length !== null && floats.length !== length)
    throw new RangeError(`${name} has ${floats.length} entries; ${length} are needed`);
  return floats;
}

/** A list of `length` numbers within bounds, copied. */
export function checkNumbers(given: unknown, name: string, length: number, bounds: NumberBounds): readonly number[] {
  if (!Array.isArray(given) || given.length !== length)
    throw new RangeError(`${name} is ${describe(given)}; a list of ${length} numbers is needed`);
  return Array.from(given, (entry: unknown, k) => checkNumber(entry, `${name}[${k}]`, bounds));
}

/** Where a generator of random numbers stands. */
export function keptRandom(place: Place<Random>): StateEntry {
  return {
    save: () => place.get().state(),
    prepare: (given, name) => {
      const random = Random.restore(given as readonly number[], name);
      return loading(() => place.set(random));
    },
  };
}

/** The entries of a matrix that stays where it is. */
export function keptMatrix(matrix: Matrix): StateEntry {
  return {
    save: () => ({ data: matrix.data.slice(), rows: matrix.rows, cols: matrix.cols }),
    prepare: (given, name) => {
      const { data } = checkStateMatrix(given, name, matrix);
      return loading(() => matrix.data.set(data));
    },
  };
}

/** What a part keeps that has a state of its own. */
export function keptPart(part: Keeper<State>): StateEntry {
  return { save: () => part.state(), prepare: (given) => prepareLoad(part, given as State) };
}

/** Entries of their own, one level below. @param owner whose they are */
export function keptRecord(record: StateRecord, owner: string): StateEntry {
  return {
    save: () => saveEntries(record),
    prepare: (given, name) => {
      if (typeof given !== "object" || given === null || Array.isArray(given))
        throw new TypeError(`${name} is ${describe(given)}; give what state() of this ${owner} returned`);
      checkStateNames(given as UncheckedState, Object.keys(record), name, owner);
      return prepareEntries(record, given as UncheckedState, `${name}.`);
    },
  };
}
