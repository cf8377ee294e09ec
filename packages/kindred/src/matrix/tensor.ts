import { describe } from "./checks.ts";

/** Numbers as engines hand them out: those of a `Tensor` of transformers.js or ONNX Runtime among them. */
type TensorData = Float32Array | Float64Array | readonly number[];

/** A tensor with two axes, rows and columns, row-major: `{ data, dims: [rows, cols] }`, or `shape` in place of `dims`. */
export type TensorLike =
  | { readonly data: TensorData; readonly dims: readonly number[] }
  | { readonly data: TensorData; readonly shape: readonly number[] };

/** A tensor as the rows and columns of a matrix; data that are a Float32Array are not copied. */
interface TensorRows {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/** Whether `value` has the shape of a {@link TensorLike}. */
export function isTensor(value: unknown): value is TensorLike {
  return typeof value === "object" && value !== null && "data" in value && ("dims" in value || "shape" in value);
}

/**
 * The rows of a tensor with two axes.
 *
 * @param name what the caller calls it, for the error's sentence
 * @throws TypeError when its axes or data are none; RangeError when it has another number of axes than two, or its data
 *   another number of entries than they need
 */
export function tensorRows(tensor: TensorLike, name: string): TensorRows {
  const axes = "dims" in tensor ? "dims" : "shape";
  const sizes: unknown = "dims" in tensor ? tensor.dims : tensor.shape;
  if (!isArray(sizes)) throw new TypeError(`${name}.${axes} is ${describe(sizes)}; give [rows, columns]`);
  if (sizes.length !== 2)
    throw new RangeError(`${name}.${axes} is [${sizes.map(describe).join(", ")}]; ${adviceOn(sizes)}`);
  const [rows, cols] = sizes;
  if (!isCount(rows) || !isCount(cols))
    throw new RangeError(`${name}.${axes} is [${describe(rows)}, ${describe(cols)}]; give whole numbers >= 0`);
  const { data } = tensor;
  if (!(data instanceof Float32Array) && !(data instanceof Float64Array) && !isArray(data))
    throw new TypeError(`${name}.data is ${describe(data)}; give a Float32Array, such as Float32Array.from(data)`);
  if (data.length !== rows * cols)
    throw new RangeError(`${name}.data has ${data.length} entries; ${rows} rows of ${cols} need ${rows * cols}`);
  return { data: data instanceof Float32Array ? data : toFloats(data, name, cols), rows, cols };
}

function adviceOn(sizes: readonly unknown[]): string {
  if (sizes.length === 1) return `give two axes: one row is [1, ${describe(sizes[0])}]`;
  return "give two axes, rows and columns: one vector a sample (pool the tokens of a text first)";
}

function toFloats(data: readonly unknown[] | Float64Array, name: string, cols: number): Float32Array {
  const floats = new Float32Array(data.length);
  for (let k = 0; k < floats.length; k++) {
    const entry: unknown = data[k];
    if (typeof entry !== "number")
      throw new TypeError(
        `row ${Math.floor(k / cols)}, column ${k % cols} of ${name} is ${describe(entry)}; give a number`,
      );
    floats[k] = entry;
  }
  return floats;
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
