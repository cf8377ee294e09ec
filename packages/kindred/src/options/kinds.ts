import { boundsPhrase, checkNumber, checkOneOf, describe, type NumberBounds } from "../matrix/checks.ts";
import type { Option, RequiredOption } from "./option.ts";

/** Formulas stay within float32's range for numbers of these sizes. */
const SMALLEST = 1e-15;
const LARGEST = 1e15;

/**
 * A number within bounds; without a default it must be given, and a default of null allows null. Other than 0 (and infinity,
 * where that is allowed) its size is from 1e-15 to 1e15.
 */
export function number(spec?: NumberBounds): RequiredOption<number>;
export function number<D extends number | null>(
  spec: NumberBounds & { readonly default: D },
): Option<number | (D & null)>;
export function number(spec: NumberBounds & { readonly default?: number | null } = {}): Option<number | null> {
  const { default: usual, ...bounds } = spec;
  return option(boundsPhrase(bounds), usual, (given, name) => checkReach(checkNumber(given, name, bounds), name), {
    bounds,
  });
}

/** Refuses numbers whose products would leave float32's range. @throws RangeError */
function checkReach(value: number, name: string): number {
  const size = Math.abs(value);
  if (size === 0 || size === Infinity || (size >= SMALLEST && size <= LARGEST)) return value;
  const bound = size < SMALLEST ? `at least ${SMALLEST}` : "at most 1e15";
  throw new RangeError(`${name} is ${value}; give a number whose size is ${bound}`);
}

/** Where random numbers start: any finite number. */
export function seed(): Option<number> {
  return option("a finite number", 0, (given, name) => checkNumber(given, name), { bounds: {} });
}

/** A whole number within bounds, as {@link number}. */
export function wholeNumber(spec?: NumberBounds): RequiredOption<number>;
export function wholeNumber<D extends number | null>(
  spec: NumberBounds & { readonly default: D },
): Option<number | (D & null)>;
export function wholeNumber(spec: NumberBounds & { readonly default?: number | null } = {}): Option<number | null> {
  return number({ ...spec, integer: true } as NumberBounds & { readonly default: number | null });
}

/** true or false. */
export function flag({ default: usual }: { readonly default: boolean }): Option<boolean> {
  return choice([true, false], { default: usual });
}

/** One of some values. */
export function choice<const V extends string | boolean>(
  values: readonly V[],
  { default: usual }: { readonly default: NoInfer<V> },
): Option<V> {
  return option(
    values.map((value) => describe(value)).join(", "),
    usual,
    (given, name) => checkOneOf<V>(given, name, values),
    {
      values,
    },
  );
}

/**
 * An option of any other kind.
 *
 * @param kind what it is, in words
 * @param usual the default; undefined: it must be given. A default of null allows null
 * @param check gives what was given when it will do, and throws otherwise
 */
export function option<T, G = T>(
  kind: string,
  usual: undefined,
  check: (given: unknown, name: string, owner: string) => T,
  more?: Pick<Option<T, G>, "bounds" | "values">,
): RequiredOption<T, G>;
export function option<T, G = T>(
  kind: string,
  usual: T | undefined,
  check: (given: unknown, name: string, owner: string) => T,
  more?: Pick<Option<T, G>, "bounds" | "values">,
): Option<T, G>;
export function option<T, G = T>(
  kind: string,
  usual: T | undefined,
  check: (given: unknown, name: string, owner: string) => T,
  more: Pick<Option<T, G>, "bounds" | "values"> = {},
): Option<T, G> {
  const isRequired = usual === undefined;
  return {
    kind,
    default: usual,
    read: (given, name, owner) => (given === null && usual === null ? usual : check(given, name, owner)),
    ...more,
    ...(isRequired && { isRequired }),
  };
}

/** An option that is an object of a class or shape, whose default may be asked for with null. */
export function object<T>(
  kind: string,
  usual: T,
  check: (given: unknown, name: string, owner: string) => T,
): Option<T, T | null> {
  return { kind, default: usual, read: (given, name, owner) => (given === null ? usual : check(given, name, owner)) };
}
