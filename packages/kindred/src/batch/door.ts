import { checkNames, checkNumber, describe } from "../matrix/checks.ts";
import { encodeLabels, type Label, type Labels } from "../matrix/labels.ts";
import { toMatrix, toScores, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { checkTuples } from "../tuples/anchorLists.ts";
import { groupingOf } from "../tuples/grouping.ts";
import { batchOf, type Batch, type Guide } from "./batch.ts";
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
  const scores = readScores(host, guest);
  const pairClasses = readPairClasses(host, guest);
  const { reference, referenceLabels, anchorRows, learnReference } = guest.columns;
  const prepared = asPrepared(guest.embeddings, areOfPairs(host.takes) ? null : guest.labels, {
    reference,
    referenceLabels,
    anchorRows,
    learnReference,
  });
  const tuples = columns.tuples ?? null;
  if (tuples !== null && groupingOf(tuples, prepared) === null)
    checkTuples(tuples, prepared.rows, (prepared.reference ?? prepared).rows);
  const batch = batchOf(prepared, {
    tuples,
    isByPlace,
    scores,
    ...pairClasses,
    negatives: readColumns(columns.negatives, "negatives", host.name),
    guide: host.takes.guide === true ? readGuide(host.name, columns) : null,
    teacher: host.takes.teacher === "embeddings" ? readTeacher(host.name, columns) : null,
    teacherScores: host.takes.teacher === "scores" ? readTeacherScores(host.name, columns) : null,
    metaClasses: columns.metaClasses ?? null,
  });
  requireAll(host, batch);
  return batch;
}

/** Whether what stands in place of labels is said of row i and row i of the reference together. */
function areOfPairs({ labels }: Takes): boolean {
  return labels === "scores" || labels === "alike" || labels === "ofPairs";
}

const always = ["tuples", "reference", "referenceLabels", "anchorRows", "learnReference"];

function namesOf({ negatives, guide, teacher, metaClasses }: Takes): readonly string[] {
  return [
    ...always,
    ...(negatives === undefined ? [] : ["negatives"]),
    ...(guide === true
      ? ["guideEmbeddings", "guideReference", ...(negatives === undefined ? [] : ["guideNegatives"])]
      : []),
    ...(teacher === undefined ? [] : [teacher === "embeddings" ? "teacher" : "teacherScores"]),
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
  if (areOfPairs(takes))
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
  const { embeddings, reference, labels, codes, referenceCodes, tuples } = batch;
  if (takes.labels === "required" && codes === null) throw new TypeError(`${name} needs labels; give one a row`);
  if (takes.labels === "classes" && codes === null && tuples === null)
    throw new TypeError(`${name} was given neither labels nor tuples; give one label a row, or a miner's tuples`);
  if (takes.labels === "paired" && codes === null && tuples === null)
    throw new TypeError(
      `${name} was given neither a reference nor labels; give a reference whose row i is the positive of row i`,
    );
  if (takes.reference === "required" && reference === null)
    throw new TypeError(`${name} needs a reference; give what each row of the embeddings is compared with`);
  const needsClasses = (takes.labels === "required" || tuples === null) && takes.labels !== "ofPairs";
  if (reference !== null && codes !== null && referenceCodes === null && needsClasses)
    throw new TypeError(`${name} was given a reference without referenceLabels; each of its rows needs one label`);
  if (takes.reference === "required" || (takes.reference === "paired" && takes.labels === "none"))
    requireSameRows(batch);
  if (batch.scores !== null && batch.scores.length !== embeddings.rows)
    throw new RangeError(`scores has ${batch.scores.length} entries for ${embeddings.rows} rows; give one a row`);
  if (takes.labels === "ofPairs" && labels!.length !== embeddings.rows)
    throw new RangeError(`labels has ${labels!.length} entries for ${embeddings.rows} rows; give one a row`);
  requireColumns(name, takes, batch);
}

/** The columns beside embeddings and reference: as many as are needed, each as long. */
function requireColumns(
  name: string,
  takes: Takes,
  { embeddings, reference, negatives, guide, ...taught }: Batch,
): void {
  if (takes.negatives === "required" && negatives.length === 0)
    throw new TypeError(`${name} needs negatives; give a list of matrices, row i of each a negative of row i`);
  if (negatives.length > 0 && reference === null)
    throw new TypeError(
      `${name} was given negatives without a reference; row i of the reference is the positive of row i`,
    );
  negatives.forEach((column, k) => {
    requireRows(`negatives[${k}]`, column, embeddings.rows);
    if (column.cols !== embeddings.cols)
      throw new RangeError(
        `negatives[${k}] has ${column.cols} columns, embeddings has ${embeddings.cols}; both must be as wide`,
      );
  });
  if (guide !== null && guide.negatives.length !== negatives.length)
    throw new RangeError(
      `guideNegatives has ${guide.negatives.length} matrices for ${negatives.length} of negatives; give one for each`,
    );
  guide?.negatives.forEach((column, k) => requireRows(`guideNegatives[${k}]`, column, embeddings.rows));
  const columns = 1 + (reference === null ? 0 : 1) + negatives.length;
  const { teacher, teacherScores } = taught;
  if (teacher !== null && teacher.length !== 1 && teacher.length !== columns)
    throw new RangeError(
      `teacher has ${teacher.length} matrices for ${columns} columns; give one for all of them, or one for each`,
    );
  teacher?.forEach((column, k) => requireRows(`teacher[${k}]`, column, embeddings.rows));
  if (teacherScores !== null) requireRows("teacherScores", teacherScores, embeddings.rows);
}

function requireRows(name: string, { rows }: Matrix, needed: number): void {
  if (rows !== needed) throw new RangeError(`${name} has ${rows} rows, embeddings has ${needed}; give one a row`);
}

function requireSameRows({ embeddings, reference }: Batch): void {
  if (reference !== null && reference.rows !== embeddings.rows)
    throw new RangeError(
      `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of one belongs with row i of the other`,
    );
}

/** Null where the loss takes labels, or may be given negatives in place of scores and was. */
function readScores({ name, takes }: Host, { labels, columns }: Guest): Float64Array | null {
  if (takes.labels !== "scores" && takes.labels !== "alike") return null;
  if (labels === null && takes.negatives !== undefined && (columns.negatives?.length ?? 0) > 0) return null;
  if (!Array.isArray(labels) && !(ArrayBuffer.isView(labels) && "length" in labels))
    throw new TypeError(
      takes.labels === "scores"
        ? `${name} needs scores; it was given ${describe(labels)}, give one number a row`
        : `${name} needs labels of 1 and 0; it was given ${describe(labels)}, give 1 for each row whose two sides belong together`,
    );
  const read = takes.labels === "scores" ? readScore : readAlike;
  return Float64Array.from(labels as ArrayLike<unknown>, read);
}

/** The classes of row i and row i of the reference together; nothing where the loss takes none. */
function readPairClasses({ name, takes }: Host, { labels }: Guest): Pick<Batch, "labels" | "codes" | "classes"> | null {
  if (takes.labels !== "ofPairs") return null;
  if (labels === null) throw new TypeError(`${name} needs labels; give one a row`);
  return { labels, ...encodeLabels(labels, "labels") };
}

function readScore(score: unknown, i: number): number {
  return checkNumber(score, `scores[${i}]`);
}

function readAlike(label: unknown, i: number): number {
  if (label === 1 || label === true) return 1;
  if (label === 0 || label === false) return 0;
  throw new RangeError(
    `labels[${i}] is ${describe(label)}; give 1 where both sides belong together, 0 where they don't`,
  );
}

function readColumns(columns: readonly MatrixLike[] | undefined, name: string, host: string): readonly Matrix[] {
  if (columns === undefined) return [];
  if (!Array.isArray(columns))
    throw new TypeError(`${host} was given ${describe(columns)} as ${name}; give a list of matrices`);
  return Array.from(columns as readonly MatrixLike[], (column, k) => toMatrix(column, `${name}[${k}]`));
}

function readTeacher(name: string, { teacher }: AnyColumns): readonly Matrix[] {
  if (teacher === undefined)
    throw new TypeError(`${name} needs a teacher; give a list of what it makes of all columns, or of each`);
  return readColumns(teacher, "teacher", name);
}

function readTeacherScores(name: string, { teacherScores }: AnyColumns): Matrix {
  if (teacherScores === undefined)
    throw new TypeError(`${name} needs teacherScores; give a row of numbers for each row, one a candidate`);
  return toScores(teacherScores, "teacherScores");
}

function readGuide(name: string, { guideEmbeddings, guideReference, guideNegatives }: AnyColumns): Guide {
  if (guideEmbeddings === undefined)
    throw new TypeError(`${name} needs guideEmbeddings; give another model's embeddings of the same samples`);
  return {
    embeddings: toMatrix(guideEmbeddings, "guideEmbeddings"),
    reference: guideReference === undefined ? null : toMatrix(guideReference, "guideReference"),
    negatives: readColumns(guideNegatives, "guideNegatives", name),
  };
}
