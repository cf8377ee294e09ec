import type { Advice, HeadResult } from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import type { JudgedHead } from "../judged/judgedHead.ts";
import type { TrainWishes } from "../options/trainOptions.ts";
import type { SearchTurn } from "../runs/searchTurns.ts";

/** What came of a search. */
export interface FoundHead extends JudgedHead {
  readonly found: HeadResult;
  /** What heads were trained on and chosen by before the best was trained on both. */
  readonly training: DataSet;
  readonly choosing: DataSet;
  readonly doctor: Advice;
  /** Why these losses were tried; empty where one was named. */
  readonly lossesReason: string;
  /** Samples of a class in a batch. */
  readonly m: number;
  readonly wishes: TrainWishes;
  /** How the candidates were after each of their turns. */
  readonly turns: readonly SearchTurn[];
  /** Whether it was ended before its time. */
  readonly isStopped: boolean;
}
