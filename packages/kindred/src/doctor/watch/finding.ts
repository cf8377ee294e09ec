/** What can go wrong while a loss trains. */
export type FindingName =
  | "silent-batches"
  | "few-live-anchors"
  | "not-finite"
  | "collapse"
  | "falling-rank"
  | "flat-loss"
  | "vanishing-gradient"
  | "exploding-gradient";

/** Something found while training, from when on, how bad, and what to do. */
export interface Finding {
  readonly name: FindingName;
  /** The step since which it has held. */
  readonly since: number;
  /** The last step at which it was seen. */
  readonly until: number;
  /** "note": worth knowing; "warning": the training suffers; "error": it is lost. */
  readonly severity: "note" | "warning" | "error";
  /** What was seen, with numbers. */
  readonly message: string;
  readonly remedy: string;
}
