import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { describe } from "../../matrix/checks.ts";

/**
 * Refuses what is not the Euclidean distance of normalized embeddings.
 *
 * @throws TypeError naming what is needed
 */
export function checkNormalizedEuclidean(distance: Distance, owner: string): void {
  if (distance instanceof LpDistance && distance.p === 2 && distance.power === 1 && distance.normalizeEmbeddings)
    return;
  throw new TypeError(
    `${owner} needs new LpDistance() with p 2, power 1 and normalizeEmbeddings true, given ${phrase(distance)}`,
  );
}

function phrase(distance: unknown): string {
  if (!(distance instanceof LpDistance)) return describe(distance);
  const { p, power, normalizeEmbeddings } = distance;
  return `LpDistance with p ${p}, power ${power} and normalizeEmbeddings ${normalizeEmbeddings}`;
}
