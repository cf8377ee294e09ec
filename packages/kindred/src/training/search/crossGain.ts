import type { Label } from "../../matrix/labels.ts";
import { type Matrix, takeRows } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { embedInBatches } from "../embedInBatches.ts";
import { type Gain, gainOf, type QueryScores, goodnessOf } from "./goodness.ts";
import type { HeadModel } from "./headRecipe.ts";
import type { LabelledRows } from "./headTraining.ts";

/** Parts that classes are dealt into. */
const FOLDS = 4;
/** With more rows the part to choose by alone tells enough, and training again takes long. */
const MOST_ROWS = 20_000;

/**
 * What a recipe gains over the vectors as they are, on all of these rows: their classes are dealt into four parts, and each part is
 * embedded by a head that was trained on the others. Four times as many classes as a part to choose by make the interval half as wide.
 *
 * @param train the recipe's head, trained on such rows; null where it diverges or is ended early
 * @returns null where a head was null, or there are too many rows or too few classes
 */
export async function crossGain(
  rows: LabelledRows,
  train: (rows: LabelledRows) => Promise<HeadModel | null>,
  seed: number,
): Promise<Gain | null> {
  const classes = [...new Set(rows.labels)];
  if (rows.inputs.rows > MOST_ROWS || classes.length < 2 * FOLDS) return null;
  const order = new Random(seed).shuffle(Int32Array.from(classes.keys()));
  const foldOf = new Map(Array.from(order, (c, k) => [classes[c], k % FOLDS]));
  const [before, after]: QueryScores[][] = [[], []];
  for (let fold = 0; fold < FOLDS; fold++) {
    const isIn = rows.labels.map((label) => foldOf.get(label) === fold);
    const held = someOf(rows, isIn, true);
    const head = await train(someOf(rows, isIn, false).rows);
    if (head === null) return null;
    before.push(goodnessAmong(held.rows, (inputs) => inputs, held.places));
    after.push(goodnessAmong(held.rows, (inputs) => embedInBatches(head, inputs), held.places));
  }
  return gainOf(joined(before), joined(after), rows.labels, seed);
}

/** The rows that are in a fold or not, and their places among all. */
function someOf(
  { inputs, labels }: LabelledRows,
  isIn: readonly boolean[],
  wanted: boolean,
): { readonly rows: LabelledRows; readonly places: Int32Array } {
  const places = Int32Array.from(labels.keys()).filter((row) => isIn[row] === wanted);
  return {
    rows: { inputs: takeRows(inputs, places), labels: Array.from(places, (row): Label => labels[row]) },
    places,
  };
}

/** How well neighbours are found among themselves; the queries by their places among all rows. */
function goodnessAmong(
  { inputs, labels }: LabelledRows,
  embed: (inputs: Matrix) => Matrix,
  places: Int32Array,
): QueryScores {
  const goodness = goodnessOf({
    query: embed(inputs),
    queryLabels: labels,
    reference: null,
    referenceLabels: null,
  });
  return { ...goodness, rows: goodness.rows.map((row) => places[row]) };
}

function joined(parts: readonly QueryScores[]): QueryScores {
  const all = (of: (part: QueryScores) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(of(part))));
  return {
    rows: Int32Array.from(parts.flatMap(({ rows }) => Array.from(rows))),
    precisionAt1: all((part) => part.precisionAt1),
    averagePrecisionAtR: all((part) => part.averagePrecisionAtR),
    reciprocalRank: all((part) => part.reciprocalRank),
  };
}
