import { withDefaults } from "../matrix/checks.ts";
import { distanceDefaults, type DistanceOptions } from "./distance.ts";
import { DotProductSimilarity } from "./dotProductSimilarity.ts";

/**
 * The cosine of the angle between embeddings: s_ij = q_i . r_j / (|q_i| |r_j|), from -1 to 1; larger is more alike.
 *
 * Options: **p** (default 2) and **power** (default 1) as in {@link DistanceOptions}.
 */
export class CosineSimilarity extends DotProductSimilarity {
  override readonly name: string = "CosineSimilarity";

  constructor(options?: Partial<Omit<DistanceOptions, "normalizeEmbeddings">>) {
    const { p, power } = distanceDefaults;
    super({ ...withDefaults(options, { p, power }, "CosineSimilarity"), normalizeEmbeddings: true });
  }
}
