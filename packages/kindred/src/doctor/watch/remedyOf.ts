import type { BatchStatus } from "../../batch/batchReport.ts";
import type { PartsInUse } from "./partsInUse.ts";

type Silence = Exclude<BatchStatus, "learning">;

/** What to do about runs of silent batches; what is in use already is not advised. */
export function remedyOfSilence(status: Silence, parts: PartsInUse): string {
  return silences[status](parts);
}

const silences: Readonly<Record<Silence, (parts: PartsInUse) => string>> = {
  "empty-batch": () => "the sampler gives batches without rows: leave them out",
  "no-positive-pairs": (parts) => oneOf(severalOfEach(parts), "enlarge the batch", "use a loss with a vector a class"),
  "no-negative-pairs": () => "sample more classes in a batch (without labels: more samples)",
  "no-triplets": (parts) => oneOf(severalOfEach(parts), "enlarge the batch"),
  "no-tuples": () => "the miner finds nothing: loosen it, or go back to all pairs",
  "no-ordered-scores": () => "all scores of a batch are equal: mix pairs of several scores in a batch",
  "all-masked": () => "the guide takes every negative for a positive: a smaller margin, another guide, a larger batch",
  "all-satisfied": (parts) =>
    `every item has loss 0: ${oneOf(harderPairs(parts), widerMargin(parts), "stop: it is learned")}`,
};

/** What to do about few anchors with positives. */
export function remedyOfLonelyAnchors(parts: PartsInUse): string {
  return `${oneOf(severalOfEach(parts), "enlarge the batch")}; advise() tells which pays`;
}

/** What to do about a loss that stays where it is. */
export function remedyOfFlatLoss(parts: PartsInUse): string {
  return `if it is not good enough: ${listed("another learning rate", harderPairs(parts, " (MultiSimilarityMiner)"), "a larger model")}; else stop`;
}

/** What to do about gradients that vanish. */
export function remedyOfVanishing(parts: PartsInUse): string {
  const ways = oneOf(
    parts.hasOption(/^temperature$/) ? "a higher temperature" : null,
    widerMargin(parts, "a wider margin"),
    harderPairs(parts) === null ? null : "harder pairs",
  );
  return `either all is learned, or the loss is saturated: try ${ways || "a larger batch"}`;
}

/** What to do about embeddings that become all alike. */
export function remedyOfCollapse(parts: PartsInUse): string {
  const negatives = parts.isMined ? "go back from mined pairs to all pairs" : "give the loss negatives";
  return `lower the learning rate, ${negatives}, and check that labels are right`;
}

/** What to do about embeddings that use fewer and fewer directions. */
export function remedyOfFallingRank(parts: PartsInUse): string {
  const beside = parts.hasLoss("VICRegLoss") ? "a larger weight of VICRegLoss" : "a VICRegLoss beside the loss";
  return `lower the learning rate; ${beside} keeps directions apart`;
}

function severalOfEach(parts: PartsInUse): string {
  return parts.isSampledBy("MPerClassSampler")
    ? "raise m of the MPerClassSampler"
    : "sample several of each class (MPerClassSampler)";
}

function harderPairs(parts: PartsInUse, example = ""): string | null {
  return parts.isMined ? null : example === "" ? "mine harder pairs" : `harder pairs${example}`;
}

function widerMargin(parts: PartsInUse, words = "widen the margin"): string | null {
  return parts.hasOption(/margin/i) ? words : null;
}

/** "a, b, or c", without those that are null. */
function oneOf(...ways: readonly (string | null)[]): string {
  const there = ways.filter((way) => way !== null);
  return there.length < 2 ? there.join() : `${there.slice(0, -1).join(", ")}, or ${there.at(-1)}`;
}

/** "a, b, c", without those that are null. */
function listed(...ways: readonly (string | null)[]): string {
  return ways.filter((way) => way !== null).join(", ");
}
