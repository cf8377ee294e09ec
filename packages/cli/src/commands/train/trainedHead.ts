import type { Finding, MlpModel, TrainingResult } from "kindred";
import type { Change } from "../../data/change.ts";
import type { DataSet } from "../../data/dataSet.ts";
import type { Split } from "../../data/holdOut.ts";
import type { Consultation } from "./consult.ts";
import type { Judgement, MetricKey } from "./judge.ts";

/** What came of a training. */
export interface TrainedHead {
  readonly data: DataSet;
  readonly split: Split;
  readonly consultation: Consultation;
  /** Whether columns were brought to one spread. */
  readonly isScaled: boolean;
  readonly model: MlpModel;
  readonly result: TrainingResult;
  /** What the monitor found on the way. */
  readonly findings: readonly Finding[];
  /** Of the held-out vectors as they are. */
  readonly before: Judgement;
  /** Of their embeddings. */
  readonly after: Judgement;
  /** From the one to the other, query by query. */
  readonly change: Readonly<Record<MetricKey, Change>>;
}
