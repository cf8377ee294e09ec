import type { Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";

/** @throws InputError unless the vectors of two files are equally wide */
export function checkSameWidth(path: string, vectors: Matrix, otherPath: string, others: Matrix): void {
  if (vectors.cols !== others.cols)
    throw new InputError(
      `${otherPath} has vectors of ${others.cols} columns, ${path} of ${vectors.cols}; vectors of one model are equally wide (--columns chooses columns, --ignore leaves them out)`,
    );
}
