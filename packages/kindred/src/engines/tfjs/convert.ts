import { type Tensor, tensor2d, type Tensor2D } from "@tensorflow/tfjs-core";
import { describe } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** The matrix as a tensor that shares no memory with it. */
export function toTensor({ data, rows, cols }: Matrix): Tensor2D {
  return tensor2d(data.slice(), [rows, cols]);
}

/**
 * The tensor's values as a matrix; waits for the backend.
 *
 * @throws TypeError when it is no tensor of two dimensions
 */
export function fromTensor(tensor: Tensor, name: string): Matrix {
  if (typeof tensor?.dataSync !== "function" || tensor.rank !== 2)
    throw new TypeError(
      `${name} is ${tensor?.shape ? `a tensor of shape [${tensor.shape.join(", ")}]` : describe(tensor)}; ` +
        "give a tensor with one row a sample and one column a dimension",
    );
  return { data: Float32Array.from(tensor.dataSync()), rows: tensor.shape[0], cols: tensor.shape[1] as number };
}
