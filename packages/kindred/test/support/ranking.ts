// The plainest ranking: everything in float64, every candidate listed.
import { CosineSimilarity, type Distance, type Label, type RankingDirection, type Reducer } from "../../src/index.ts";
import { plainDistances, plainReduce, type Item, type Rows } from "./plain.ts";

/** What a ranking loss ranks. */
export interface RankingScene {
  readonly embeddings: Rows;
  /** Null: labels match the rows of the embeddings. */
  readonly reference: Rows | null;
  readonly negatives: readonly Rows[];
  /** One label a row of the embeddings; null: every row is a class of its own. */
  readonly labels: readonly Label[] | null;
  readonly referenceLabels: readonly Label[] | null;
  readonly scale: number;
  readonly directions: readonly RankingDirection[];
  readonly isJoint: boolean;
  readonly hardnessMode: "none" | "inBatchNegatives" | "hardNegatives" | "allNegatives";
  readonly hardnessStrength: number;
  readonly distance: Distance;
  readonly reducer: Reducer;
  /** What is a false negative, and whether columns of negatives meet positives: GISTLoss's. Null: MultipleNegativesRankingLoss. */
  readonly guide: PlainGuide | null;
}

interface PlainGuide {
  readonly embeddings: Rows;
  readonly reference: Rows | null;
  readonly negatives: readonly Rows[];
  readonly limit: (positive: number) => number;
}

export const usualRanking = {
  negatives: [],
  labels: null,
  referenceLabels: null,
  scale: 20,
  directions: ["queryToDocument"],
  isJoint: true,
  hardnessMode: "none",
  hardnessStrength: 0,
  distance: new CosineSimilarity(),
  guide: null,
} as const;

/** What can be moved of a scene. */
interface Columns {
  readonly embeddings: Rows;
  readonly reference: Rows | null;
  readonly negatives: readonly Rows[];
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

/** Queries and documents: which row of which column, of which class, and the query that a document belongs to. */
interface Person {
  readonly column: number | "embeddings" | "reference";
  readonly row: number;
  readonly label: Label | null;
  readonly owner: number;
}

function people(scene: RankingScene): { queries: Person[]; documents: Person[] } {
  const { embeddings, reference, labels, negatives } = scene;
  const own = labels ?? embeddings.map((_, i) => i);
  const others = reference === null ? own : (scene.referenceLabels ?? labels ?? reference.map((_, j) => j));
  const { pairs, odd } =
    reference === null
      ? plainMatches(own)
      : {
          pairs: embeddings.map((_, i): [number, number] => [i, i]),
          odd: reference.map((_, j) => j).slice(embeddings.length),
        };
  const column = reference === null ? "embeddings" : "reference";
  return {
    queries: pairs.map(([row], owner) => ({ column: "embeddings", row, label: own[row], owner })),
    documents: [
      ...pairs.map(([, row], owner) => ({ column, row, label: others[row], owner }) as const),
      ...odd.map((row) => ({ column, row, label: others[row], owner: -1 }) as const),
      ...negatives.flatMap((rows, k) => rows.map((_, row) => ({ column: k, row, label: null, owner: row }))),
    ],
  };
}

function rowsOf(persons: readonly Person[], columns: Columns): Rows {
  return persons.map(({ column, row }) =>
    typeof column === "number" ? columns.negatives[column][row] : columns[column]![row],
  );
}

/** The value at moved columns; what is a constant in the slopes is taken from the columns of the scene. */
export function plainRanking(scene: RankingScene): (columns: Columns) => number {
  const { distance, scale, guide, isJoint, hardnessMode, hardnessStrength, embeddings, labels } = scene;
  const { queries, documents } = people(scene);
  const positives = documents.slice(0, queries.length);
  const asked = guide === null ? documents : documents.filter(({ column }) => typeof column !== "number");
  const sides = {
    queryToDocument: [queries, documents],
    queryToQuery: [queries, queries],
    documentToQuery: [positives, queries],
    documentToDocument: [positives, asked],
  } as const;
  const between = (direction: RankingDirection, columns: Columns, measure = distance): Rows => {
    const [asking, candidates] = sides[direction];
    const similarities = plainDistances(measure, rowsOf(asking, columns), rowsOf(candidates, columns));
    return measure.isInverted ? similarities : similarities.map((row) => row.map((x) => -x));
  };
  const unmoved = between("queryToDocument", scene);
  const raise = (direction: RankingDirection, i: number, j: number): number => {
    if (direction !== "queryToDocument" || i === j) return 0;
    const isOwn = documents[j].owner === i;
    const isRaised = { none: false, inBatchNegatives: !isOwn, hardNegatives: isOwn, allNegatives: true }[hardnessMode];
    return isRaised ? hardnessStrength * unmoved[i][j] : 0;
  };
  const cosine = new CosineSimilarity();
  const guided = (direction: RankingDirection): Rows | null => guide && between(direction, guide, cosine);
  const limits = guided("queryToDocument")?.map((row, i) => guide!.limit(row[i]));
  return (columns) => {
    const logitsOf = (direction: RankingDirection): number[][] => {
      const similarities = between(direction, columns);
      const opinions = guided(direction);
      const isSameKind = direction === "queryToQuery" || direction === "documentToDocument";
      const [asking, candidates] = sides[direction];
      return similarities.map((row, i) =>
        row.map((similarity, j) => {
          const isOwn = isSameKind ? candidates[j].owner === i : i === j;
          const isClass = candidates[j].label === asking[i].label;
          if (isOwn && isSameKind) return -Infinity;
          if (!isOwn && (isClass || (opinions !== null && opinions[i][j] > limits![i]))) return -Infinity;
          return scale * similarity + raise(direction, i, j);
        }),
      );
    };
    const all = scene.directions.map(logitsOf);
    const groups = isJoint ? [all] : all.map((one) => [one]);
    const items = queries.map(({ row }, i): Item => {
      const losses = groups.map((group) => {
        const winner = (isJoint ? all[scene.directions.indexOf("queryToDocument")] : group[0])[i][i];
        const total = group.flatMap((logits) => logits[i]).reduce((sum, logit) => sum + Math.exp(logit - winner), 0);
        return Math.log(total);
      });
      return { anchor: row, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
    });
    return plainReduce(scene.reducer, items, "element", embeddings.length, labels);
  };
}
