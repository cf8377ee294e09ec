/**
 * Triplets: entry k of the three lists is one triplet. Anchors are rows of the embeddings; positives and negatives are
 * rows of the reference where there is one, else of the embeddings. A triplet may stand in the list several times.
 */
export interface Triplets<List extends ArrayLike<number> = ArrayLike<number>> {
  readonly anchors: List;
  readonly positives: List;
  readonly negatives: List;
  readonly anchors1?: never;
  readonly anchors2?: never;
}

/** Pairs: `anchors1[k]` goes with `positives[k]`, `anchors2[k]` with `negatives[k]`; indices as in {@link Triplets}. */
export interface Pairs<List extends ArrayLike<number> = ArrayLike<number>> {
  readonly anchors1: List;
  readonly positives: List;
  readonly anchors2: List;
  readonly negatives: List;
  readonly anchors?: never;
}

/** What a miner gives and a loss takes. */
export type Tuples<List extends ArrayLike<number> = ArrayLike<number>> = Pairs<List> | Triplets<List>;

/** Whether the tuples are triplets. */
export function isTriplets<List extends ArrayLike<number>>(tuples: Tuples<List>): tuples is Triplets<List> {
  return tuples.anchors !== undefined;
}
