import { countPairs, type Batch, type PairCounts } from "../../batch/batch.ts";
import { checkMatched } from "../../batch/matchedRows.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import type { LossDescription } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { Silence } from "../core/silenceReasons.ts";
import { Ballot, type Direction } from "../elections/ballot.ts";
import { Partition } from "../elections/partition.ts";
import { Rolls } from "../elections/rolls.ts";

/** The options of every loss that ranks documents. */
export const rankingOptions = comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer());

/** What every loss that ranks documents takes. */
export const rankingTakes = {
  labels: "paired",
  reference: "paired",
  negatives: "any",
  tuples: "none",
} as const satisfies Takes;

/** The sub-losses of every loss that ranks documents. */
export const rankingSubLosses = { loss: "element" } as const satisfies LossDescription["subLosses"];

/**
 * A softmax over candidates in which row i of the reference should win for row i of the embeddings. A subclass says who asks for
 * whom; where the batch comes with a guide it says which of the rivals are none. No more than a block of rows of logits is
 * stored.
 */
export abstract class RankingLoss<
  R extends typeof rankingOptions = typeof rankingOptions,
  T extends Takes = typeof rankingTakes,
> extends ComparingLoss<R, T> {
  /** What similarities are multiplied by. */
  protected abstract get scale(): number;

  /** Who asks for whom, by softmax: the first direction of each has the winner. */
  protected abstract directions(rolls: Rolls): readonly (readonly Direction[])[];

  /** The similarity to the guide beyond which a rival is none, by that of the positive. */
  protected limit(positive: number): number {
    return positive;
  }

  /** The slopes of the parameters. @param logScale that of the logarithm of the scale */
  protected parameterSlopes(_logScale: number): Computed["parameters"] {
    return undefined;
  }

  protected override check(batch: Batch): void {
    checkMatched(batch);
  }

  /** Whether there are rivals only the election tells: in some directions the winner itself stands twice. */
  protected override silenceBefore(batch: Batch, pairs: PairCounts): Silence | null {
    const silence = super.silenceBefore(batch, pairs);
    return silence === "no-negative-pairs" ? null : silence;
  }

  protected compute(batch: Batch): Computed {
    const rolls = new Rolls(batch);
    const reduction = this.begin("loss", batch.labels);
    const { reduced, hasRivals, logScale } = this.#elect(batch, rolls, reduction);
    const total = this.total([reduction], [reduced]);
    return {
      ...total,
      ...(!hasRivals && { activeItems: 0, silence: whyAlone(batch) }),
      embeddings: rolls.embeddings,
      ...(rolls.reference && { reference: rolls.reference }),
      ...(batch.negatives.length > 0 && { negatives: rolls.negatives }),
      parameters: this.parameterSlopes(logScale * reduced.scale),
    };
  }

  /** Holds the election: hands its items to the reduction, and adds its slopes to the gradients of the rolls. */
  #elect(batch: Batch, rolls: Rolls, reduction: Reduction): Elected {
    const directions = this.directions(rolls);
    const rows = rolls.queries.matrix.rows;
    const options = {
      distance: this.distance,
      scale: -this.distance.away * this.scale,
      learnReference: batch.learnReference || batch.reference === null,
      classes: batch.isByPlace ? null : batch.classes.length,
    };
    return borrow((workspace) => {
      const capacity = Ballot.capacity(directions.flat(), rows);
      const partitions = directions.map(
        (shared) => new Partition(shared.map((each) => new Ballot(workspace, rolls, each, capacity, options))),
      );
      const ballots = partitions.flatMap((partition) => partition.ballots);
      let logScale = 0;
      for (let start = 0; start < rows; start += capacity) {
        const end = Math.min(rows, start + capacity);
        for (const ballot of ballots) ballot.open(start, end - start);
        for (let i = start; i < end; i++) logScale += this.#row(i, rolls, partitions, reduction);
        for (const ballot of ballots) ballot.close();
      }
      const reduced = reduction.result();
      for (const ballot of ballots) ballot.finish(reduced.scale);
      return { reduced, hasRivals: partitions.some((partition) => partition.hasRivals), logScale };
    });
  }

  /** The item of row i: the mean over its softmaxes. @returns the slope by the logarithm of the scale */
  #row(i: number, { queries, queryRows }: Rolls, partitions: readonly Partition[], reduction: Reduction): number {
    const limit = queries.guide === null ? Infinity : this.limit(partitions[0].ballots[0].guideAt(i));
    const share = 1 / partitions.length;
    const loss = partitions.reduce((sum, partition) => sum + partition.count(i, limit), 0);
    const weight = share * reduction.weighOne(queryRows?.[i] ?? i, share * loss);
    for (const partition of partitions) partition.pull(weight);
    if (Object.keys(this.parameters).length === 0) return 0;
    return partitions.reduce((sum, partition) => sum + partition.slopeByLogScale(), 0);
  }
}

/** Why nobody had rivals. */
function whyAlone(batch: Batch): Silence {
  return batch.guide !== null && countPairs(batch).negativePairs > 0 ? "all-masked" : "no-negative-pairs";
}

/** What has become of an election. */
interface Elected {
  readonly reduced: Reduced;
  /** Whether any who asked had more to choose from than its own. */
  readonly hasRivals: boolean;
  /** The slope by the logarithm of the scale, before it is reduced. */
  readonly logScale: number;
}
