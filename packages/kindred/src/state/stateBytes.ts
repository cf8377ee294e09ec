import { arraysFromBytes, arraysToBytes, METADATA, type ShapedArray } from "../bytes/arrayFile.ts";
import { typeOf, type TypedArray } from "../bytes/arrayTypes.ts";
import { isJsonObject } from "../bytes/jsonObject.ts";
import { describe } from "../matrix/checks.ts";
import { isMatrix, type Matrix } from "../matrix/matrix.ts";
import { KIND } from "./checkState.ts";
import type { State, StateValue } from "./state.ts";

const FORMAT = "kindred-state";
const VERSION = "1";
/** Records and lists in one another. */
const MOST_DEPTH = 100;
/** A list of more numbers becomes an array of the file. */
const LONG_LIST = 32;

/** What JSON has no number for. */
const unwritten: Readonly<Record<string, number>> = { "-0": -0, NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/**
 * A value as JSON has it. What JSON knows stands for itself; all else is an object of one name:
 *
 *     { record: { name: node ... } }    { list: [node ...] }
 *     { number: "NaN" }  or "Infinity", "-Infinity", "-0"      { bigint: "-12" }
 *     { array: "name" }    a typed array of the file     { matrix: "name" }    one of two dimensions
 *     { numbers: "name" }  a list of numbers, which the file holds as float64
 */
type Node = null | boolean | number | string | Readonly<Record<string, unknown>>;

/**
 * A state as bytes: what `state()` of a Trainer, a model, a loss, a sampler or a miner gave, or any record of records, lists, matrices,
 * typed arrays, numbers, bigints, words, true, false and null. All of it comes back as it was, to the last bit: -0, NaN, and of
 * which type an array is.
 *
 *     const bytes = stateToBytes(loss.state());
 *     loss.load(stateFromBytes(bytes));
 *
 * The bytes are a safetensors file with a checksum of all that it holds: arrays under names such as "model.weights0", so that any
 * framework reads them, and in its `__metadata__` the rest as JSON (docs/states.md).
 *
 * @throws TypeError naming the first entry that cannot be kept, a function or a Map say; RangeError when records lie in one another
 *   more than 100 deep, or the names and words take more than 100 MB
 */
export function stateToBytes(state: object): Uint8Array<ArrayBuffer> {
  const writer = new StateWriter();
  const tree = writer.recordOf(state, "", 0);
  const kind = (state as { readonly kind?: unknown })[KIND];
  return arraysToBytes(writer.arrays, {
    format: FORMAT,
    version: VERSION,
    ...(typeof kind === "string" && { kind }),
    state: JSON.stringify(tree),
  });
}

/**
 * The state that {@link stateToBytes} wrote. Bytes that were cut, changed or made longer are refused before memory is taken.
 *
 * @param bytes any Uint8Array, a Buffer of Node or a view at any offset among them
 * @returns what shares no memory with the bytes; that it is an S is for its `load` to check
 * @throws TypeError when it is no Uint8Array; RangeError when the bytes are damaged, hold no state, or one of another version
 */
export function stateFromBytes<S extends object = State>(bytes: Uint8Array): S {
  const { arrays, metadata, checksum } = arraysFromBytes(bytes);
  const { format, version, kind, state, ...others } = metadata;
  if (format !== FORMAT || state === undefined)
    throw new RangeError(
      `this safetensors file holds no state of kindred: its format is ${describe(format)}; give what stateToBytes returned`,
    );
  if (version !== VERSION)
    throw new RangeError(
      `the state is of version ${describe(version)}, this release reads version ${VERSION}; use the release that wrote it`,
    );
  if (checksum === null) throw unsound("it has no checksum");
  const reader = new StateReader(arrays);
  const read = reader.record(parsed(state), 0);
  reader.checkAllUsed();
  if (Object.keys(others).length > 0 || (kind !== undefined && kind !== read[KIND]))
    throw unsound("its metadata are not those of its contents");
  return read as S;
}

class StateWriter {
  readonly arrays: Record<string, ShapedArray> = Object.create(null) as Record<string, ShapedArray>;

  recordOf(given: unknown, path: string, depth: number): Node {
    if (!isPlainObject(given))
      throw new TypeError(`${named(path)} is ${describe(given)}; give a record, such as state() returns`);
    const entries = Object.entries(given).map(([name, value]) => [
      name,
      this.#node(value, path === "" ? name : `${path}.${name}`, depth + 1),
    ]);
    return { record: Object.fromEntries(entries) as Readonly<Record<string, Node>> };
  }

  #node(value: unknown, path: string, depth: number): Node {
    if (depth > MOST_DEPTH)
      throw new RangeError(
        `${named(path).slice(0, 80)}... lies more than ${MOST_DEPTH} deep in records and lists; give what holds no record of itself`,
      );
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number") return numberNode(value);
    if (typeof value === "bigint") return { bigint: String(value) };
    if (typeOf(value) !== null) return { array: this.#kept(value as TypedArray, null, path) };
    if (Array.isArray(value)) return this.#list(value, path, depth);
    if (isWholeMatrix(value)) return { matrix: this.#kept(value.data, [value.rows, value.cols], path) };
    if (isPlainObject(value)) return this.recordOf(value, path, depth);
    throw new TypeError(
      `${named(path)} is ${describe(value)}; a state holds records, lists, matrices, typed arrays, numbers, bigints, words, true, false and null`,
    );
  }

  #list(values: readonly unknown[], path: string, depth: number): Node {
    // holes too, which are undefined then
    const all = Array.from(values);
    if (all.length > LONG_LIST && all.every((value) => typeof value === "number"))
      return { numbers: this.#kept(Float64Array.from(all), null, path) };
    return { list: all.map((value, k) => this.#node(value, `${path}.${k}`, depth + 1)) };
  }

  /** Keeps an array under its path, or where that is taken ("a.b" is one name or two), under one like it. */
  #kept(data: TypedArray, shape: readonly number[] | null, path: string): string {
    const isFree = (name: string): boolean => name !== METADATA && !(name in this.arrays);
    let name = path;
    for (let k = 2; !isFree(name); k++) name = `${path}#${k}`;
    this.arrays[name] = { data, shape: shape ?? [data.length] };
    return name;
  }
}

class StateReader {
  readonly #unused: Map<string, ShapedArray>;

  constructor(arrays: Readonly<Record<string, ShapedArray>>) {
    this.#unused = new Map(Object.entries(arrays));
  }

  record(node: unknown, depth: number): State {
    const [name, value] = this.#parts(node);
    if (name !== "record" || !isJsonObject(value)) throw unsound("it is no record");
    return this.#recordOf(value, depth);
  }

  checkAllUsed(): void {
    for (const name of this.#unused.keys()) throw unsound(`nothing in it speaks of the array ${describe(name)}`);
  }

  #recordOf(nodes: Readonly<Record<string, unknown>>, depth: number): State {
    return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, this.#value(node, depth + 1)]));
  }

  #value(node: unknown, depth: number): StateValue {
    if (depth > MOST_DEPTH) throw unsound(`records lie in one another more than ${MOST_DEPTH} deep`);
    if (node === null || typeof node === "boolean" || typeof node === "string" || typeof node === "number") return node;
    const [name, value] = this.#parts(node);
    if (name === "record" && isJsonObject(value)) return this.#recordOf(value, depth);
    if (name === "list" && Array.isArray(value)) return value.map((entry) => this.#value(entry, depth + 1));
    if (typeof value === "string") {
      if (name === "number" && Object.hasOwn(unwritten, value)) return unwritten[value];
      // a label
      if (name === "bigint" && /^-?\d+$/.test(value)) return BigInt(value) as unknown as StateValue;
      if (name === "array") return this.#taken(value, 1).data;
      if (name === "matrix") return this.#matrix(value);
      if (name === "numbers") return this.#numbers(value);
    }
    throw unsound(`it holds the unknown ${JSON.stringify(node).slice(0, 60)}`);
  }

  #parts(node: unknown): [name: string, value: unknown] {
    const entries = isJsonObject(node) ? Object.entries(node) : [];
    if (entries.length !== 1) throw unsound(`it holds the unknown ${JSON.stringify(node).slice(0, 60)}`);
    return entries[0];
  }

  #matrix(name: string): Matrix {
    const { data, shape } = this.#taken(name, 2);
    if (!(data instanceof Float32Array)) throw unsound(`its matrix ${describe(name)} is not of float32`);
    return { data, rows: shape[0], cols: shape[1] };
  }

  #numbers(name: string): readonly number[] {
    const { data } = this.#taken(name, 1);
    if (!(data instanceof Float64Array)) throw unsound(`its numbers ${describe(name)} are not of float64`);
    return Array.from(data);
  }

  /** An array, which is spoken of once. */
  #taken(name: string, dimensions: number): ShapedArray {
    const array = this.#unused.get(name);
    this.#unused.delete(name);
    if (array?.shape.length === dimensions) return array;
    throw unsound(`it speaks of the array ${describe(name)}, which is not there, or of other dimensions`);
  }
}

function numberNode(value: number): Node {
  const isWritten = Number.isFinite(value) && !Object.is(value, -0);
  return isWritten ? value : { number: Object.is(value, -0) ? "-0" : String(value) };
}

/** Whether it is a matrix and nothing besides. */
function isWholeMatrix(value: unknown): value is Matrix {
  if (!isMatrix(value) || Object.keys(value).length !== 3) return false;
  const { data, rows, cols } = value;
  return data instanceof Float32Array && isSize(rows) && isSize(cols) && data.length === rows * cols;
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether it is an object of nobody's class, of whatever realm. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw unsound("what it says is no JSON");
  }
}

function named(path: string): string {
  return path === "" ? "the state" : `the state's ${path}`;
}

function unsound(why: string): RangeError {
  return new RangeError(`the bytes hold no sound state: ${why}; give what stateToBytes returned`);
}
