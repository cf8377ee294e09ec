import type { HeadModel } from "kindred";
import type { Change } from "../../../data/change.ts";
import type { DataSet } from "../../../data/dataSet.ts";
import type { Split } from "../../../data/holdOut.ts";
import type { Judgement, MetricKey } from "./judge.ts";

/** A head, and what is to be said of it on rows that it never saw. */
export interface JudgedHead {
  readonly data: DataSet;
  /** What it was trained on, and what it is judged on. */
  readonly split: Split;
  /** The head that was judged. */
  readonly model: HeadModel;
  /** Of the held-out vectors as they are. */
  readonly before: Judgement;
  /** Of their embeddings. */
  readonly after: Judgement;
  /** From the one to the other, query by query. */
  readonly change: Readonly<Record<MetricKey, Change>>;
  /** Of all that was random. */
  readonly seed: number;
}
