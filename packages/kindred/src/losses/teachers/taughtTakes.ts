import type { Takes } from "../../batch/takes.ts";

/** What every loss takes that learns a teacher's scores of candidates: a positive and negatives a row, and those scores. */
export const taughtTakes = {
  labels: "none",
  reference: "required",
  negatives: "required",
  tuples: "none",
  teacher: "scores",
} as const satisfies Takes;
