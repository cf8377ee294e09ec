import { orderByClass } from "../../matrix/classOrder.ts";
import { encodeLabels } from "../../matrix/labels.ts";
import { takeRows } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { LabelledRows } from "./headTraining.ts";

/** References a query that are worth their time. */
const REFERENCES_PER_QUERY = 3;

/**
 * Queries and references, or some of each, so that comparing them takes no more than so many products of entries.
 *
 * @param references null: the queries are compared with one another
 */
export function withinProducts(
  queries: LabelledRows,
  references: LabelledRows | null,
  products: number,
  seed: number,
): [LabelledRows, LabelledRows | null] {
  const pairs = products / Math.max(1, queries.inputs.cols);
  if (references === null) return [fewerRows(queries, Math.floor(Math.sqrt(pairs)), seed), null];
  if (queries.inputs.rows * references.inputs.rows <= pairs) return [queries, references];
  const fewer = fewerRows(queries, Math.max(1, Math.floor(Math.sqrt(pairs / REFERENCES_PER_QUERY))), seed);
  return [fewer, fewerRows(references, Math.floor(pairs / fewer.inputs.rows), seed)];
}

/** At most so many rows: the same number of each class, two at least, where there are as many; of some classes only where need be. */
export function fewerRows(rows: LabelledRows, most: number, seed: number): LabelledRows {
  const { inputs, labels } = rows;
  if (inputs.rows <= most) return rows;
  const random = new Random(seed);
  const { codes, classes } = encodeLabels(labels, "labels");
  const { order, starts } = orderByClass(codes, classes.length);
  const rowsOf = Array.from(random.shuffle(Int32Array.from(classes.keys())), (c) =>
    random.shuffle(order.slice(starts[c], starts[c + 1])),
  );
  let perClass = 2;
  while (sizeWith(rowsOf, perClass + 1) <= most) perClass++;
  const taken: number[] = [];
  for (const some of rowsOf) {
    if (taken.length + Math.min(perClass, some.length) > most) break;
    taken.push(...some.subarray(0, perClass));
  }
  const kept = Int32Array.from(taken).sort();
  return { inputs: takeRows(inputs, kept), labels: Array.from(kept, (row) => labels[row]) };
}

function sizeWith(rowsOf: readonly Int32Array[], perClass: number): number {
  return rowsOf.reduce((sum, rows) => sum + Math.min(perClass, rows.length), 0);
}
