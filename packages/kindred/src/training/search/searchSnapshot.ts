import { crc32 } from "../../bytes/crc32.ts";
import { checkList, checkNumber, describe } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { SavedProjection } from "../heads/projectionHead.ts";
import type { SavedMlp } from "../mlpModel.ts";
import type { TrainerState } from "../trainerState.ts";
import type { QueryScores } from "./goodness.ts";
import type { SearchPlan } from "./searchPlan.ts";

/** A head of a search as plain data: its best state, and what its training goes on from. */
export interface SavedContestant {
  /** Its recipe in words, so that it is not taken for another. */
  readonly title: string;
  readonly steps: number;
  readonly seconds: number;
  readonly isBroken: boolean;
  readonly best: {
    /** null: as it began. */
    readonly head: SavedProjection | SavedMlp | null;
    readonly goodness: QueryScores;
    readonly step: number;
  };
  /** null when there is nothing more to train. */
  readonly trainer: TrainerState | null;
}

/** How far a search is, as plain data that shares no memory with it: {@link trainHead} goes on from it with `resume`. */
export interface SearchSnapshot {
  readonly kind: "search";
  /** A checksum of rows, labels and options: a search goes on with what it began with. */
  readonly task: number;
  /** Of the budget, so far. */
  readonly seconds: number;
  /** What of the plan is settled: its numbers are as the budget allowed when they were. */
  readonly plan: Partial<SearchPlan>;
  /** In the order in which they began. */
  readonly contestants: readonly SavedContestant[];
}

/** The checksum of what a search is of. */
export function taskOf(inputs: Matrix, labels: readonly Label[], options: unknown): number {
  const text = new TextEncoder().encode(JSON.stringify([inputs.rows, inputs.cols, labels, options]));
  const { buffer, byteOffset, byteLength } = inputs.data;
  return crc32(new Uint8Array(buffer, byteOffset, byteLength), crc32(text));
}

/** @throws TypeError, RangeError unless it is a snapshot of that search */
export function checkSnapshot(snapshot: SearchSnapshot, task: number): void {
  const isSnapshot = typeof snapshot === "object" && snapshot !== null && snapshot.kind === "search";
  if (!isSnapshot) throw new TypeError(`resume is ${describe(snapshot)}; give what onSnapshot was given, or null`);
  if (snapshot.task !== task)
    throw new RangeError(
      "resume is a snapshot of another search; give the rows, labels and options that it began with, or leave it out",
    );
  checkNumber(snapshot.seconds, "resume.seconds", { atLeast: 0 });
  checkList(snapshot.contestants, "resume.contestants", "the heads of the search");
}
