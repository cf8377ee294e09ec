// The plainest ranking loss: everything in float64, every rival listed.
import type { Distance, Label, Reducer } from "../../src/index.ts";
import { plainDistances, plainReduce, type Item, type Rows } from "./plain.ts";

/** What a ranking loss ranks. */
export interface RankingScene {
  readonly embeddings: Rows;
  /** Null: labels match the rows of the embeddings. */
  readonly reference: Rows | null;
  /** One label a row of the embeddings; null: every row is a class of its own. */
  readonly labels: readonly Label[] | null;
  readonly referenceLabels: readonly Label[] | null;
  readonly scale: number;
  readonly isSymmetric: boolean;
  readonly distance: Distance;
  readonly reducer: Reducer;
  /** Whether the row that asks, of embeddings or reference, is no rival's for a candidate. */
  readonly isFalseNegative: (query: number, candidate: number, positive: number, isTurned: boolean) => boolean;
}

/** Query and positive, as rows of embeddings and reference, and the rows that are nobody's positive. */
function plainMatches(labels: readonly Label[]): { pairs: [number, number][]; odd: number[] } {
  const pairs: [number, number][] = [];
  const odd: number[] = [];
  for (const label of new Set(labels)) {
    const rows = labels.flatMap((other, row) => (other === label ? [row] : []));
    for (let k = 0; k + 1 < rows.length; k += 2) pairs.push([rows[k], rows[k + 1]]);
    if (rows.length % 2 === 1) odd.push(rows[rows.length - 1]);
  }
  return { pairs, odd };
}

export function plainRankingLoss(scene: RankingScene): number {
  const { embeddings, labels, scale, isSymmetric, distance, reducer } = scene;
  const reference = scene.reference ?? embeddings;
  const own = labels ?? embeddings.map((_, i) => i);
  const others = scene.reference === null ? own : (scene.referenceLabels ?? labels ?? reference.map((_, j) => j));
  const { pairs, odd } =
    scene.reference === null
      ? plainMatches(own)
      : {
          pairs: embeddings.map((_, i): [number, number] => [i, i]),
          odd: reference.map((_, j) => j).slice(embeddings.length),
        };
  const ask = (isTurned: boolean): number => {
    const [queries, candidates] = isTurned ? [reference, embeddings] : [embeddings, reference];
    const [queryLabels, candidateLabels] = isTurned ? [others, own] : [own, others];
    const distances = plainDistances(distance, queries, candidates);
    const sign = distance.isInverted ? scale : -scale;
    const asking = isTurned ? pairs.map(([q, p]): [number, number] => [p, q]) : pairs;
    const asked = [...asking.map(([, positive]) => positive), ...(isTurned ? [] : odd)];
    const items = asking.map(([query, positive]): Item => {
      const rivals = asked.filter(
        (j) => candidateLabels[j] !== queryLabels[query] && !scene.isFalseNegative(query, j, positive, isTurned),
      );
      const total = rivals.reduce(
        (sum, j) => sum + Math.exp(sign * (distances[query][j] - distances[query][positive])),
        0,
      );
      return { anchor: scene.reference === null ? query : positive, loss: Math.log1p(total) / (isSymmetric ? 2 : 1) };
    });
    return plainReduce(reducer, items, "element", embeddings.length, own);
  };
  return isSymmetric ? ask(false) + ask(true) : ask(false);
}
