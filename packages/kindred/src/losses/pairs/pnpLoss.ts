import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { SoftRanks, type Penalty } from "../items/softRanks.ts";

/** How {@link PNPLoss} penalizes the negatives before a positive. */
export type PNPVariant = "Ds" | "Dq" | "Iu" | "Ib" | "O";

const options = extendOptions(comparingOptions(new CosineSimilarity(), new MeanReducer(), { only: CosineSimilarity }), {
  /** Of variant Ib: how early its slope grows, > 0. Default 2. */
  b: number({ default: 2, above: 0 }),
  /** Of variant Dq: the power, > 0. Default 1. */
  alpha: number({ default: 1, above: 0 }),
  /** What differences of similarities are divided by before the sigmoid, > 0. Default 0.01. */
  anneal: number({ default: 0.01, above: 0 }),
  /** What a number of negatives costs; see {@link PNPLoss}. Default "O". */
  variant: choice<PNPVariant>(["Ds", "Dq", "Iu", "Ib", "O"], { default: "O" }),
});

/** Options of {@link PNPLoss}. */
export type PNPLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "required", reference: "none", tuples: "none" } as const satisfies Takes;

/**
 * Penalizes the negatives that stand before a positive in the anchor's ranking.
 *
 *     R_ip = sum_{n in N_i} sigmoid((s_in - s_ip) / anneal)
 *     L    = mean_i mean_p f(R_ip)
 *
 * over the anchors i that have positives, and over p in their positives and themselves. f by **variant**: O: R;
 * Ds: log(1 + R); Dq: 1 - (1 + R)^-alpha; Iu: (1 + R) log(1 + R); Ib: (b R - log(1 + b R)) / b^2. Their slopes fall (D)
 * or rise (I) with the number of negatives.
 *
 * One number for the batch, so that no reducer is needed. Needs labels, and positive and negative pairs; takes neither a
 * reference nor tuples. Distance CosineSimilarity alone. Time: one sigmoid for each positive with each negative of an
 * anchor.
 *
 * Source: Li et al., "Rethinking the Optimization of Average Precision: Only Penalizing Negative Instances before Positive
 * Ones is Enough" (AAAI 2022).
 */
export class PNPLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "PNPLoss",
    family: "pairs",
    summary: "No negative should stand before a positive in the anchor's ranking.",
    paper:
      'Li et al., "Rethinking the Optimization of Average Precision: Only Penalizing Negative Instances before Positive Ones is Enough" (AAAI 2022)',
    takes,
    needs: { positives: true, negatives: true },
    subLosses: { loss: "number" },
    options,
  });

  protected compute({ prepared, embeddings, codes }: Batch): Computed {
    const { starts } = prepared.classOrder;
    const items = codes!.reduce((sum, code) => (starts[code + 1] - starts[code] > 1 ? sum + 1 : sum), 0);
    return prepared.compare(this.distance, "class", (sides) => {
      const positives = new Places();
      const negatives = new Places();
      const ranks = new SoftRanks(embeddings.rows, this.options.anneal);
      let [value, activeItems] = [0, 0];
      sides.tiles.pullBack((row) => {
        const code = codes![sides.query.source(row.place)];
        const [start, end] = [starts[code], starts[code + 1]];
        if (end - start < 2) {
          row.fill(0);
          return;
        }
        positives.set(row, start, end);
        negatives.set(row, 0, row.count, start, end);
        const loss = ranks.penalize(positives, negatives, (rank) => this.#penalty(rank), 1 / items);
        value += loss;
        if (loss > 0) activeItems++;
      });
      return alreadyReduced(this.reducer, { value, items, activeItems, ...pullGradients(sides, embeddings, null, 1) });
    });
  }

  /** f(R) and its slope. */
  #penalty(rank: number): Penalty {
    const { alpha, b, variant } = this.options;
    const log = Math.log1p(rank);
    switch (variant) {
      case "O":
        return { loss: rank, slope: 1 };
      case "Ds":
        return { loss: log, slope: 1 / (1 + rank) };
      case "Dq":
        return { loss: -Math.expm1(-alpha * log), slope: alpha * Math.exp(-(alpha + 1) * log) };
      case "Iu":
        return { loss: (1 + rank) * log, slope: 1 + log };
      case "Ib":
        return { loss: (b * rank - Math.log1p(b * rank)) / (b * b), slope: rank / (1 + b * rank) };
    }
  }
}
