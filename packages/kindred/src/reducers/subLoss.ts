/** Unreduced item losses, as {@link DoNothingReducer} hands them out. */
export interface SubLoss {
  readonly losses: Float64Array;
  /** Where each item stands: anchors; anchors and others; or anchors, positives and negatives. Null: already reduced. */
  readonly indices: readonly Int32Array[] | null;
  readonly reductionType: "element" | "pos_pair" | "neg_pair" | "triplet" | "already_reduced";
}
