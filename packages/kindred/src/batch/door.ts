import { checkNames, checkNumber, describe } from "../matrix/checks.ts";
import type { Label, Labels } from "../matrix/labels.ts";
import { toMatrix, type MatrixLike } from "../matrix/matrix.ts";
import { checkTuples } from "../tuples/anchorLists.ts";
import { groupingOf } from "../tuples/grouping.ts";
import { batchOf, type Batch } from "./batch.ts";
import { asPrepared } from "./preparedBatch.ts";
import type { AnyColumns, Takes } from "./takes.ts";

/** Who stands at the door: a loss, with what it takes. */
export interface Host {
  readonly name: string;
  readonly takes: Takes;
  /** What the batch is compared with where there is no reference: "the batch with itself", "embeddings with its class vectors". */
  readonly compares: string;
}

/** What comes to the door. */
interface Guest {
  readonly embeddings: MatrixLike;
  readonly labels: Labels | null;
  readonly columns: AnyColumns;
}

/**
 * Lets a batch in: checks that it is well formed, that the loss takes all that it was given and was given all that it
 * needs. Prepared batches are taken as they are.
 *
 * @throws TypeError, RangeError with what was given, what is needed and what to do
 */
export function openDoor(
  host: Host,
  embeddings: MatrixLike,
  labels: Labels | null,
  options: AnyColumns | undefined,
): Batch {
  const columns = options ?? {};
  checkNames(columns, namesOf(host.takes), `${host.name}.evaluate`);
  const isByPlace =
    (host.takes.labels === "paired" || host.takes.labels === "optional") &&
    (labels ?? null) === null &&
    (columns.tuples ?? null) === null;
  const guest = withRowLabels(host, { embeddings, labels: labels ?? null, columns });
  refuseNotTaken(host, guest);
  const scores = host.takes.labels === "scores" ? readScores(host.name, guest.labels) : null;
  const { reference, referenceLabels, anchorRows, learnReference } = guest.columns;
  const prepared = asPrepared(guest.embeddings, scores === null ? guest.labels : null, {
    reference,
    referenceLabels,
    anchorRows,
    learnReference,
  });
  const tuples = columns.tuples ?? null;
  if (tuples !== null && groupingOf(tuples, prepared) === null)
    checkTuples(tuples, prepared.rows, (prepared.reference ?? prepared).rows);
  const guide = host.takes.guide === true ? readGuide(host.name, columns) : null;
  const batch = batchOf(prepared, { tuples, isByPlace, scores, guide, metaClasses: columns.metaClasses ?? null });
  requireAll(host, batch);
  return batch;
}

const always = ["tuples", "reference", "referenceLabels", "anchorRows", "learnReference"];

function namesOf({ guide, metaClasses }: Takes): readonly string[] {
  return [
    ...always,
    ...(guide === true ? ["guideEmbeddings", "guideReference"] : []),
    ...(metaClasses === true ? ["metaClasses"] : []),
  ];
}

/**
 * Labels for a reference whose row i belongs with row i of the embeddings: without labels every row is a class of its own,
 * which the embedding and the reference of that row share; with labels those of the embeddings are the reference's too,
 * where it is as long and has none.
 */
function withRowLabels({ takes }: Host, guest: Guest): Guest {
  const { embeddings, labels, columns } = guest;
  const { reference, referenceLabels, tuples } = columns;
  if (takes.labels !== "paired" || reference === undefined || tuples !== undefined) return guest;
  const [one, other] = [toMatrix(embeddings, "embeddings"), toMatrix(reference, "reference")];
  if (labels !== null) {
    const areShared = referenceLabels === undefined && one.rows === other.rows;
    return areShared ? { ...guest, columns: { ...columns, referenceLabels: labels } } : guest;
  }
  if (referenceLabels !== undefined)
    throw new TypeError("referenceLabels were given without labels; give both, or neither");
  if (other.rows < one.rows)
    throw new RangeError(
      `reference has ${other.rows} rows, embeddings has ${one.rows}; row i of the reference is the positive of row i`,
    );
  return {
    embeddings,
    labels: count(one.rows),
    columns: { ...columns, reference: other, referenceLabels: count(other.rows) },
  };
}

function count(rows: number): Label[] {
  return Array.from({ length: rows }, (_, i) => i);
}

function refuseNotTaken({ name, takes, compares }: Host, { labels, columns }: Guest): void {
  const { reference, referenceLabels, anchorRows, tuples } = columns;
  if (takes.labels === "none" && labels !== null)
    throw new TypeError(
      `${name} takes no labels; give null${takes.metaClasses === true ? ", and metaClasses if you know them" : ""}`,
    );
  if (takes.labels === "none" && referenceLabels !== undefined)
    throw new TypeError(`${name} takes no labels; leave referenceLabels out`);
  if (takes.labels === "scores")
    for (const column of ["referenceLabels", "anchorRows"] as const)
      if (columns[column] !== undefined) throw new TypeError(`${name} takes no ${column}; leave it out`);
  if (takes.reference === "none" && reference !== undefined)
    throw new TypeError(`${name} compares ${compares}; it was given a reference, leave it out`);
  if (takes.reference === "paired" && takes.labels === "paired" && anchorRows !== undefined)
    throw new TypeError(`${name} finds the positive of row i in row i; leave anchorRows out`);
  if (takes.tuples === "none" && tuples !== undefined)
    throw new TypeError(`${name} takes no tuples, whatever pairs they name; leave them out`);
}

function requireAll({ name, takes }: Host, batch: Batch): void {
  const { embeddings, reference, codes, referenceCodes, tuples } = batch;
  if (takes.labels === "required" && codes === null) throw new TypeError(`${name} needs labels; give one a row`);
  if (takes.labels === "classes" && codes === null && tuples === null)
    throw new TypeError(`${name} was given neither labels nor tuples; give one label a row, or a miner's tuples`);
  if (takes.labels === "paired" && codes === null && tuples === null)
    throw new TypeError(
      `${name} was given neither a reference nor labels; give a reference whose row i is the positive of row i`,
    );
  if (takes.reference === "required" && reference === null)
    throw new TypeError(`${name} needs a reference; give what each row of the embeddings is compared with`);
  const needsClasses = takes.labels === "required" || tuples === null;
  if (reference !== null && codes !== null && referenceCodes === null && needsClasses)
    throw new TypeError(`${name} was given a reference without referenceLabels; each of its rows needs one label`);
  if (takes.reference === "required" || (takes.reference === "paired" && takes.labels === "none"))
    requireSameRows(batch);
  if (batch.scores !== null && batch.scores.length !== embeddings.rows)
    throw new RangeError(`scores has ${batch.scores.length} entries for ${embeddings.rows} rows; give one a row`);
}

function requireSameRows({ embeddings, reference }: Batch): void {
  if (reference !== null && reference.rows !== embeddings.rows)
    throw new RangeError(
      `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of one belongs with row i of the other`,
    );
}

function readScores(name: string, scores: Labels | null): Float64Array {
  if (!Array.isArray(scores) && !(ArrayBuffer.isView(scores) && "length" in scores))
    throw new TypeError(`${name} needs scores; it was given ${describe(scores)}, give one number a row`);
  return Float64Array.from(scores as ArrayLike<unknown>, (score, i) => checkNumber(score, `scores[${i}]`));
}

function readGuide(name: string, { guideEmbeddings, guideReference }: AnyColumns): Batch["guide"] {
  if (guideEmbeddings === undefined)
    throw new TypeError(`${name} needs guideEmbeddings; give another model's embeddings of the same samples`);
  return {
    embeddings: toMatrix(guideEmbeddings, "guideEmbeddings"),
    reference: guideReference === undefined ? null : toMatrix(guideReference, "guideReference"),
  };
}
