// A miner as somebody writes it who has nothing but the package: of each anchor all positives and its nearest negative.
import {
  describeMiner,
  LpDistance,
  minerOptions,
  PairList,
  TupleMiner,
  withAnchorRows,
  type Batch,
  type Found,
  type Mined,
  type Pairs,
} from "kindred";

const options = minerOptions(new LpDistance());

export class NearestNegativeMiner extends TupleMiner<typeof options, Pairs<Int32Array>> {
  static readonly description = describeMiner({
    name: "NearestNegativeMiner",
    summary: "All positives and the nearest negative.",
    paper: "none",
    gives: "pairs",
    needs: { positives: true, negatives: true },
    options,
  });

  protected collect(batch: Batch): Mined<Pairs<Int32Array>> {
    const pairs = new PairList();
    const nearest: Found = { place: -1, index: -1, value: 0 };
    const { away } = this.distance;
    withAnchorRows(batch, this.distance, "list", (rows) =>
      rows.forEach(({ anchor, positives, negatives }) => {
        for (let k = 0; k < positives.count; k++) pairs.addPositive(anchor, positives.reference(k));
        if (negatives.find({ sign: -away, limit: null, range: null }, nearest))
          pairs.addNegative(anchor, nearest.index);
      }),
    );
    return { tuples: pairs.toPairs(), statistics: {} };
  }
}
