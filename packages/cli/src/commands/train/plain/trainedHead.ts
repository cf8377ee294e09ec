import type { Finding, MlpModel, TrainingResult } from "kindred";
import type { JudgedHead } from "../judged/judgedHead.ts";
import type { Consultation } from "../setup/consult.ts";

/** What came of one training. */
export interface TrainedHead extends JudgedHead {
  readonly consultation: Consultation;
  /** Whether columns were brought to one spread. */
  readonly isScaled: boolean;
  readonly model: MlpModel;
  readonly result: TrainingResult;
  /** What the monitor found on the way. */
  readonly findings: readonly Finding[];
}
