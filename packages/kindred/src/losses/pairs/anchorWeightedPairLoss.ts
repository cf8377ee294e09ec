import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import { countPairs, type Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import type { Computed } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import { requireLabels, requireReferenceLabels } from "../../batch/requirements.ts";
import { sampleWeights } from "../../batch/sampleWeights.ts";

/**
 * A loss on all pairs of an anchor that labels make. Tuples do not choose pairs: they weigh each anchor by how often it
 * stands in them.
 */
export abstract class AnchorWeightedPairLoss extends PairLoss {
  /** What each anchor's loss is multiplied by, for the batch being computed. */
  protected anchorWeights: Float64Array = new Float64Array(0);

  protected override check(batch: Batch): void {
    requireLabels(this.name, batch);
    requireReferenceLabels(this.name, batch);
  }

  protected override silenceBefore(batch: Batch): BatchStatus | null {
    const all = withoutTuples(batch);
    return super.silenceBefore(all, countPairs(all));
  }

  protected override compute(batch: Batch): Computed {
    const { embeddings, reference, tuples } = batch;
    const counted = tuples !== null && reference !== null ? anchorsOf(tuples) : tuples;
    this.anchorWeights = sampleWeights(counted, embeddings.rows);
    return super.compute(withoutTuples(batch));
  }
}

function withoutTuples(batch: Batch): Batch {
  return { ...batch, tuples: null };
}

/** With a reference only the anchors are rows of the embeddings. */
function anchorsOf(tuples: Tuples): Tuples {
  return isTriplets(tuples)
    ? { anchors: tuples.anchors, positives: [], negatives: [] }
    : { anchors1: tuples.anchors1, positives: [], anchors2: tuples.anchors2, negatives: [] };
}
