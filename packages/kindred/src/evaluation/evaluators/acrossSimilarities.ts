import { checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { checkSimilarities, type Similarity } from "../similarity/similarity.ts";
import { joined, type Judgement, merged, named } from "./judgement.ts";

/** Options of {@link acrossSimilarities}. */
export interface AcrossSimilaritiesOptions {
  /** The similarity whose metric a model is chosen by. Default null: the best of all. */
  readonly main: Similarity | null;
}

/** Judgements by several similarities. */
export interface SimilarityJudgements<J extends Judgement> extends Judgement {
  /** What was said by each similarity. */
  readonly bySimilarity: ReadonlyMap<Similarity, J>;
}

/**
 * Judges by several similarities, one after the other. Each metric is named after its similarity, `cosineAccuracy`, and with more
 * than one similarity there is the largest of each: `maxAccuracy`. (The largest of thresholds says nothing: they belong to different
 * scales. Take that of the similarity that is used.)
 *
 *     acrossSimilarities(["cosine", "dot"], (similarity) => evaluateTriplets(triplets, { similarity }));
 *
 * @param similarities one or more, each once
 * @param judge judges by one of them
 * @throws RangeError when the list is empty, names a similarity twice or an unknown one, or lacks the main one
 */
export function acrossSimilarities<J extends Judgement>(
  similarities: readonly Similarity[],
  judge: (similarity: Similarity) => J,
  options?: Partial<AcrossSimilaritiesOptions>,
): SimilarityJudgements<J> {
  const { main } = withDefaults<AcrossSimilaritiesOptions>(options, { main: null }, "acrossSimilarities");
  const chosen = checkSimilarities(similarities, "similarities");
  if (main !== null) checkOneOf(main, "main", chosen);
  const bySimilarity = new Map(chosen.map((similarity) => [similarity, judge(similarity)]));
  const all = [...bySimilarity].map(([similarity, judgement]) => named(similarity, judgement));
  const first = bySimilarity.get(chosen[0])!;
  const largest = Object.keys(first.metrics).map((metric): [string, number] => [
    joined("max", metric),
    [...bySimilarity.values()].reduce((most, { metrics }) => Math.max(most, metrics[metric]), -Infinity),
  ]);
  const isAlone = chosen.length === 1;
  return {
    metrics: { ...merged(all.map(({ metrics }) => metrics)), ...(isAlone ? {} : Object.fromEntries(largest)) },
    primary: joined(main ?? (isAlone ? chosen[0] : "max"), first.primary),
    ...(first.intervals !== undefined && { intervals: merged(all.map(({ intervals = {} }) => intervals)) }),
    bySimilarity,
  };
}
