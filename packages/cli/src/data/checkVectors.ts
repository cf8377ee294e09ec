import type { Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";

/** Gives the vectors back. @throws InputError when there are none, or an entry is no finite number */
export function checkVectors(path: string, vectors: Matrix): Matrix {
  const { data, rows, cols } = vectors;
  if (data.length === 0)
    throw new InputError(`${path} is empty (${rows} rows of ${cols} columns); give one vector a row`);
  const wrong = data.findIndex((entry) => !Number.isFinite(entry));
  if (wrong >= 0)
    throw new InputError(
      `row ${Math.floor(wrong / cols) + 1} of ${path} holds ${data[wrong]} in column ${(wrong % cols) + 1}; give finite numbers, or leave the row out`,
    );
  return vectors;
}

/** @throws InputError unless the vectors of two files are equally wide */
export function checkSameWidth(path: string, vectors: Matrix, otherPath: string, others: Matrix): void {
  if (vectors.cols !== others.cols)
    throw new InputError(
      `${otherPath} has vectors of ${others.cols} columns, ${path} of ${vectors.cols}; vectors of one model are equally wide (--ignore leaves columns out)`,
    );
}
