import type { Batch } from "../../batch/batch.ts";
import { checkMatched } from "../../batch/matchedRows.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import type { TileRow } from "../../distances/stream/tiles.ts";
import { borrow } from "../../kernels/runtime.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { Rolls } from "../elections/rolls.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** A positive this similar costs nothing. Default 0.8. */
  positiveMargin: number({ default: 0.8 }),
  /** A negative no more similar than this costs nothing. Default 0.3. */
  negativeMargin: number({ default: 0.3 }),
});

/** Options of {@link MegaBatchMarginLoss}. */
export type MegaBatchMarginLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "paired", reference: "paired", tuples: "none" } as const satisfies Takes;

/**
 * A query should be close to its own reference and far from the hardest of all others; the larger the batch, the harder that is.
 *
 *     L_i = [positiveMargin - s_ii]+ + [max_{j != i} s_ij - negativeMargin]+,  s_ij = similarity(x_i, y_j)
 *
 * x_i is row i of the embeddings, y_j row j of the reference; references beyond the embeddings' number are negatives of all. With
 * labels, rows of equal labels are no negatives of each other. A row without negatives has the first term alone; of equally hard
 * negatives the first counts. One item a query. Takes no tuples. Distances that are not inverted enter negated, with margins
 * below 0. Default distance CosineSimilarity, default reducer MeanReducer. Time n m d; memory: a tile.
 *
 *     new MegaBatchMarginLoss().evaluate(sentences, null, { reference: paraphrases });
 *
 * Without a reference, labels match the samples of the batch, as in {@link MultipleNegativesRankingLoss}.
 *
 * Source: Wieting and Gimpel, "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine
 * Translations" (ACL 2018), section 4.3.
 */
export class MegaBatchMarginLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "MegaBatchMarginLoss",
    family: "views",
    summary: "A query should be close to its own reference and far from the hardest of all others.",
    paper:
      'Wieting and Gimpel, "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations" (ACL 2018)',
    takes,
    needs: { positives: true, negatives: false },
    subLosses: { loss: "element" },
    options,
  });

  protected override check(batch: Batch): void {
    checkMatched(batch);
  }

  protected compute(batch: Batch): Computed {
    const rolls = new Rolls(batch);
    const { queries, answers } = rolls;
    const reduction = this.begin("loss", batch.labels);
    const learnReference = batch.learnReference || batch.reference === null;
    const reduced = borrow((workspace) => {
      const sides = this.distance.compare(workspace, queries.matrix, { reference: answers.matrix, learnReference });
      sides.tiles.pullBack((row) => {
        this.#row(row, rolls, reduction);
      });
      const result = reduction.result();
      const pulled = pullGradients(sides, queries.matrix, answers.matrix, result.scale);
      queries.addSlopes(pulled.embeddings);
      if (pulled.reference !== undefined) answers.addSlopes(pulled.reference);
      return result;
    });
    return {
      ...this.total([reduction], [reduced]),
      embeddings: rolls.embeddings,
      ...(rolls.reference && { reference: rolls.reference }),
    };
  }

  /** The item of a query, in place of its row of distances. */
  #row(row: TileRow, { queries, answers, queryRows }: Rolls, reduction: Reduction): void {
    const i = row.place;
    const sign = -this.distance.away;
    const distances = row.view();
    let hardest = -1;
    for (let j = 0; j < distances.length; j++)
      if (answers.codes[j] !== queries.codes[i] && (hardest < 0 || sign * distances[j] > sign * distances[hardest]))
        hardest = j;
    const missing = Math.max(0, this.options.positiveMargin - sign * distances[i]);
    const excess = hardest < 0 ? 0 : Math.max(0, sign * distances[hardest] - this.options.negativeMargin);
    const weight = sign * reduction.weighOne(queryRows?.[i] ?? i, missing + excess);
    row.fill(0);
    if (missing > 0) row.put(i, -weight);
    if (excess > 0) row.put(hardest, weight);
  }
}
