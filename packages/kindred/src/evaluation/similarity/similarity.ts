import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import { DotProductSimilarity } from "../../distances/dotProductSimilarity.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { checkOneOf } from "../../matrix/checks.ts";

/** How alike two embeddings are, larger being more alike: the last two are minus the distance. */
export type Similarity = "cosine" | "dot" | "euclidean" | "manhattan";

/** All of them. */
export const similarities: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

/** Refuses what is no similarity. @throws RangeError naming those there are */
export function checkSimilarity(value: unknown, name: string): Similarity {
  return checkOneOf<Similarity>(value, name, similarities);
}

/** Refuses what is no list of different similarities. @throws RangeError */
export function checkSimilarities(values: readonly unknown[], name: string): readonly Similarity[] {
  const chosen = values.map((value, k) => checkSimilarity(value, `${name}[${k}]`));
  if (chosen.length === 0 || new Set(chosen).size < chosen.length)
    throw new RangeError(`${name} is [${chosen.join(", ")}]; give one similarity or more, each once`);
  return chosen;
}

/** Whether its thresholds and margins are distances: it is minus one. */
export function isDistance(similarity: Similarity): boolean {
  return similarity === "euclidean" || similarity === "manhattan";
}

/** The distance or similarity of all rows with all rows that goes by this name. */
export function distanceOf(similarity: Similarity): Distance {
  if (similarity === "cosine") return new CosineSimilarity();
  if (similarity === "dot") return new DotProductSimilarity({ normalizeEmbeddings: false });
  return new LpDistance({ p: similarity === "euclidean" ? 2 : 1, normalizeEmbeddings: false });
}
