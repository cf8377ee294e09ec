import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";

/**
 * How embeddings are compared wherever nothing else is asked for, in metrics, indexes and matches alike: by the cosine, as the
 * heads and most losses do.
 */
export function usualDistance(): Distance {
  return new CosineSimilarity();
}
