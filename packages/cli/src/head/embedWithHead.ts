import { embedInBatches, type Matrix } from "kindred";
import { InputError } from "../door/inputError.ts";
import type { ColumnsLike } from "../tables/columns/columnRequest.ts";
import type { Head } from "./head.ts";

/** The columns that vectors for a head must have; null without a head. */
export function columnsOfHead(head: Head | null): ColumnsLike | null {
  return head === null ? null : { names: head.columns, of: "the head" };
}

/** The embeddings that a head gives to the vectors of a file; without a head the vectors. @throws InputError for other widths */
export function embedWithHead(head: Head | null, path: string, vectors: Matrix): Matrix {
  if (head === null) return vectors;
  const { inputSize } = head;
  if (vectors.cols !== inputSize)
    throw new InputError(
      `${path} has vectors of ${vectors.cols} columns, but the head was trained on ${inputSize}; give vectors of the same model (--columns chooses columns, --ignore leaves them out)`,
    );
  const embeddings = embedInBatches(head.model, vectors);
  const wrong = embeddings.data.findIndex((entry) => !Number.isFinite(entry));
  if (wrong >= 0)
    throw new InputError(
      `the head turns row ${Math.floor(wrong / embeddings.cols) + 1} of ${path} into ${embeddings.data[wrong]}; its vectors are far larger than those it was trained on`,
    );
  return embeddings;
}
