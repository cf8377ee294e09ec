/** A value as a short phrase for an error's sentence. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (typeof value === "function") return `a function${value.name ? ` named ${value.name}` : ""}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return `an object of type ${value.constructor?.name ?? "Object"}`;
  const primitive = value as number | bigint | boolean | symbol | undefined;
  return String(primitive);
}

/**
 * The given options over the defaults, every name checked: an unknown name is refused with the nearest known one, and
 * `undefined` means the default.
 *
 * @throws TypeError when `given` is no object, or has a name that `defaults` lacks
 */
export function withDefaults<T extends object>(given: Partial<T> | undefined, defaults: T, owner: string): T {
  if (given === undefined) return { ...defaults };
  checkNames(given, Object.keys(defaults), owner);
  const options = { ...defaults };
  for (const name of Object.keys(given) as (keyof T & string)[]) {
    if (given[name] !== undefined) options[name] = given[name];
  }
  return options;
}

/**
 * Refuses options with a name that is not known.
 *
 * @throws TypeError when `given` is no object, or naming the first unknown name and the nearest known one
 */
export function checkNames(given: object, known: readonly string[], owner: string): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError(`${owner} takes its options as an object, given ${describe(given)}`);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(unknownName(`${owner} has no option`, unknown, known));
}

/** The sentence for an unknown name, with the nearest known one. */
export function unknownName(sentence: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : `; did you mean ${JSON.stringify(nearest)}?`;
  return `${sentence} ${JSON.stringify(name)}${hint || `; known: ${known.join(", ") || "none"}`}`;
}

/** The known name within the smallest edit distance of `name`, when that is close enough to be a slip. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 2));
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}

/** Bounds of a number, both inclusive unless `above` or `below` is used. */
export interface NumberBounds {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly above?: number;
  readonly below?: number;
  readonly integer?: boolean;
  readonly infinite?: boolean;
}

/**
 * Refuses what is not a number within the bounds.
 *
 * @throws TypeError when it is no number; RangeError when it is out of bounds
 */
export function checkNumber(value: unknown, name: string, bounds: NumberBounds = {}): number {
  if (typeof value !== "number" || Number.isNaN(value))
    throw new TypeError(`${name} is ${describe(value)}; give a number`);
  const { atLeast = -Infinity, atMost = Infinity, above = -Infinity, below = Infinity } = bounds;
  const isFinite = Number.isFinite(value) || bounds.infinite === true;
  const isOutside =
    value < atLeast ||
    value > atMost ||
    (value <= above && above !== -Infinity) ||
    (value >= below && below !== Infinity);
  if (!isFinite || isOutside || (bounds.integer === true && !Number.isInteger(value)))
    throw new RangeError(`${name} is ${value}; give ${boundsPhrase(bounds)}`);
  return value;
}

/** The bounds in words: "a finite number > 0". */
export function boundsPhrase(bounds: NumberBounds): string {
  const parts: string[] = [];
  if (bounds.atLeast !== undefined) parts.push(`>= ${bounds.atLeast}`);
  if (bounds.above !== undefined) parts.push(`> ${bounds.above}`);
  if (bounds.atMost !== undefined) parts.push(`<= ${bounds.atMost}`);
  if (bounds.below !== undefined) parts.push(`< ${bounds.below}`);
  const kind = bounds.integer === true ? "a whole number" : bounds.infinite === true ? "a number" : "a finite number";
  return [kind, parts.join(" and ")].filter(Boolean).join(" ");
}

/**
 * Refuses what is no list, typed or not; its entries are not looked at.
 *
 * @param needed what it should hold, in words
 * @throws TypeError
 */
export function checkList(value: unknown, name: string, needed: string): void {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)) return;
  throw new TypeError(`${name} is ${describe(value)}; give an array with ${needed}`);
}

/**
 * Refuses what is not one of the values.
 *
 * @throws RangeError naming the values
 */
export function checkOneOf<T>(value: unknown, name: string, values: readonly T[]): T {
  if (!values.includes(value as T))
    throw new RangeError(`${name} is ${describe(value)}; give one of ${values.map((v) => describe(v)).join(", ")}`);
  return value as T;
}
