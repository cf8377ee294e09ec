import type { Labels } from "../matrix/labels.ts";
import type { Column, Rows } from "./rows/rows.ts";

/** Rows of classes: one label a sample, and the inputs, all at once or batch by batch. */
export interface TrainingData extends Pick<Rows, "inputs" | "labels"> {
  /** One row a sample, N x p; or a function that gives the rows asked for. */
  readonly inputs: Column;
  /** One label a sample, N. */
  readonly labels: Labels;
}
