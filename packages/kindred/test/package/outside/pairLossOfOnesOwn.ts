// A pair loss as somebody writes it who has nothing but the package: squared distances of positives, squared hinges of negatives.
import {
  comparingOptions,
  describeLoss,
  extendOptions,
  LpDistance,
  MeanReducer,
  number,
  PairLoss,
  pairTakes,
  type AnchorRow,
  type Distance,
  type Reduction,
} from "kindred";

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new MeanReducer()), {
  /** The distance beyond which a negative costs nothing. Default 1. */
  margin: number({ default: 1, above: 0 }),
});

/** L_i = mean_p d_ip^2 + sum_n ([margin - d_in]+)^2 */
export class SquaredHingeLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "SquaredHingeLoss",
    family: "pairs",
    summary: "Positives close, negatives beyond a margin, both squared.",
    paper: "none",
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { loss: "element" },
    options,
  });

  protected row(row: AnchorRow, [reduction]: readonly Reduction[]): void {
    const { positives, negatives, values, losses } = row;
    const { margin } = this.options;
    const { away } = this.distance;
    const count = positives.read(values);
    const negativeCount = negatives.read(losses);
    let loss = 0;
    for (let k = 0; k < count; k++) loss += values[k] ** 2 / count;
    for (let k = 0; k < negativeCount; k++) loss += Math.max(0, margin - away * losses[k]) ** 2;
    const weight = reduction.weighOne(row.anchor, loss);
    for (let k = 0; k < count; k++) values[k] = (2 * weight * values[k]) / count;
    for (let k = 0; k < negativeCount; k++) losses[k] = -2 * away * weight * Math.max(0, margin - away * losses[k]);
    positives.write(values);
    negatives.write(losses);
  }
}
