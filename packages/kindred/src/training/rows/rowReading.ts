import { prepareBatch } from "../../batch/preparedBatch.ts";
import type { AnyColumns, Takes } from "../../batch/takes.ts";
import { MatryoshkaLoss } from "../../losses/around/matryoshkaLoss.ts";
import { MultipleLosses } from "../../losses/around/multipleLosses.ts";
import { isServableWithoutLabels } from "../../losses/around/servableLoss.ts";
import type { Evaluation, Loss } from "../../losses/core/loss.ts";
import type { Label } from "../../matrix/labels.ts";
import { type Matrix, toMatrix } from "../../matrix/matrix.ts";
import { stacked } from "../../matrix/stacked.ts";
import type { Miner } from "../../miners/miner.ts";
import { type Lesson, lessonOf } from "./lesson.ts";
import { checkRows, type RowBatch, type Rows, type RowShape } from "./rows.ts";

/** What a loss says of the columns of a batch: its value, and its slopes at the embeddings of each. */
export interface ColumnsLesson extends Lesson {
  /** One a column, of its shape; a column that is only looked at has none: null. */
  readonly slopes: readonly (Matrix | null)[];
}

/** Reads embedded rows. @param isLearned whether slopes beyond those of the first column are wanted */
export type RowReading = (batch: RowBatch, isLearned: boolean) => ColumnsLesson;

/**
 * How a loss reads rows of such columns:
 *
 * - inputs with labels as a batch of classes;
 * - anchors beside positives, negatives or others, row by row, where the loss takes a reference by place;
 * - anchors, positives, negatives or views as one batch, where the loss takes classes: row i of anchors and positives (or of all
 *   views) is a class, each negative one of its own, so that all rows are negatives of all others;
 * - anchors and others whose scores are 1 and 0 as pairs in their place, where the loss takes pairs and learns from each by itself.
 *
 * @throws TypeError when it cannot: with the columns that it reads, and those that it was given
 */
export function readingOf(loss: Loss, miner: Miner | null, shape: RowShape): RowReading {
  const way = wayOf(loss, shape);
  if (way === null) throw new TypeError(refusal(loss, shape));
  if (miner !== null && way !== "classes" && way !== "stacked")
    throw new TypeError(
      `a miner chooses among classes, and ${loss.name} reads ${wordsOf(shape)} by place; leave it out`,
    );
  switch (way) {
    case "classes":
      return (batch) => ofClasses(loss, miner, batch);
    case "sides":
      return (batch, isLearned) => ofSides(loss, batch, isLearned);
    case "stacked":
      return (batch) => ofStack(loss, miner, shape, batch);
    case "pairs":
      return (batch) => ofPairs(loss, batch);
  }
}

/** Whether the loss can read rows of such columns. */
export function canRead(loss: Loss, shape: RowShape): boolean {
  return wayOf(loss, shape) !== null;
}

/**
 * A loss of rows whose columns are embeddings, and its slopes by column.
 *
 *     const { value, slopes } = evaluateRows(new MultipleNegativesRankingLoss(), { anchors: questions, positives: answers });
 *
 * @throws TypeError, RangeError when the loss cannot read such rows, or they are malformed
 */
export function evaluateRows(loss: Loss, rows: Rows): Evaluation & Pick<ColumnsLesson, "slopes"> {
  const { shape, count, take } = checkRows(rows);
  const { evaluation, slopes } = readingOf(
    loss,
    null,
    shape,
  )(take(Int32Array.from({ length: count }, (_, i) => i)), true);
  return { ...evaluation, slopes };
}

type Way = "classes" | "sides" | "stacked" | "pairs";

function wayOf(loss: Loss, shape: RowShape): Way | null {
  const inner = innerOf(loss);
  if (inner.length > 0) {
    // what all of them read in one way is handed through
    const [way, ...others] = inner.map((each) => wayOf(each, shape));
    return others.every((other) => other === way) ? way : null;
  }
  const takes = loss.description?.takes;
  const { kind, columns, hasLabels, hasScores } = shape;
  if (takes === undefined) return kind === "inputs" && hasLabels ? "classes" : null;
  if (!hasExtras(takes, shape)) return null;
  const isBySide = takes.reference === "required" || takes.reference === "paired";
  const isStackable = learnsFromAnyClasses(loss, takes) && !hasLabels && !hasScores;
  switch (kind) {
    case "inputs":
      if (takes.reference === "required" || takes.negatives === "required" || hasScores) return null;
      if (takes.guide === true || takes.teacher !== undefined)
        return hasLabels === (takes.labels === "paired") ? "sides" : null;
      if (takes.labels === "none") return hasLabels && takes.metaClasses !== true ? null : "classes";
      return hasLabels && !["scores", "alike", "ofPairs"].includes(takes.labels) ? "classes" : null;
    case "positives":
      if (isStackable) return "stacked";
      if (!isBySide || hasLabels || hasScores) return null;
      if (columns > 2 && takes.negatives === undefined) return takes.labels === "paired" ? "sides" : null;
      if (columns === 2 && takes.negatives === "required") return null;
      if (takes.labels === "scores") return columns > 2 ? "sides" : null;
      return takes.labels === "paired" || takes.labels === "none" ? "sides" : null;
    case "others":
      if (learnsFromSinglePairs(loss, takes) && hasScores) return "pairs";
      if (!isBySide || takes.negatives === "required") return null;
      if (takes.labels === "scores" || takes.labels === "alike") return hasScores && !hasLabels ? "sides" : null;
      if (takes.labels === "ofPairs") return hasLabels && !hasScores ? "sides" : null;
      return takes.labels === "none" && !hasLabels && !hasScores ? "sides" : null;
    case "views":
      if (isStackable) return "stacked";
      if (!isBySide || columns > 2 || hasLabels || hasScores || takes.negatives === "required") return null;
      return takes.labels === "paired" || takes.labels === "none" ? "sides" : null;
  }
}

/** Whether classes may be made up for each batch: nothing is kept for those of others. */
function learnsFromAnyClasses({ description }: Loss, { labels }: Takes): boolean {
  const { options, wraps } = description!;
  return (labels === "classes" || labels === "required") && !("numClasses" in options) && wraps === undefined;
}

/** Whether a pair teaches by itself: no anchor needs a positive and a negative. */
function learnsFromSinglePairs(loss: Loss, { tuples }: Takes): boolean {
  const { positives, negatives } = loss.needs;
  return isServableWithoutLabels(loss) && tuples === "pairs" && !(positives && negatives);
}

/** The losses that a sum or a wrapper hands all it is given to; none: the loss is by itself. */
function innerOf(loss: Loss): readonly Loss[] {
  return loss instanceof MultipleLosses || loss instanceof MatryoshkaLoss ? Object.values(loss.losses) : [];
}

/** What the loss takes, or those that it hands on to. */
function takesOf(loss: Loss): Takes | undefined {
  const [first] = innerOf(loss);
  return first === undefined ? loss.description?.takes : takesOf(first);
}

/** Whether guide and teacher are there just where the loss takes them. */
function hasExtras(takes: Takes, { hasGuide, hasTeacher, hasTeacherScores }: RowShape): boolean {
  return (
    hasGuide === (takes.guide === true) &&
    hasTeacher === (takes.teacher === "embeddings") &&
    hasTeacherScores === (takes.teacher === "scores")
  );
}

function ofClasses(loss: Loss, miner: Miner | null, { columns: [embeddings], labels }: RowBatch): ColumnsLesson {
  const lesson =
    labels === null || takesOf(loss)?.labels === "none"
      ? { embeddings, evaluation: ofMetaClasses(loss, embeddings, labels) }
      : lessonOf(loss, miner, embeddings, labels);
  return { ...lesson, slopes: [lesson.evaluation.gradients.embeddings] };
}

/** The labels, where there are any, say which learned vector each row belongs to. */
function ofMetaClasses(loss: Loss, embeddings: Matrix, labels: readonly Label[] | null): Evaluation {
  const metaClasses = labels?.map(Number);
  const columns: AnyColumns = metaClasses === undefined ? {} : { metaClasses };
  return loss.evaluate(embeddings, null, columns);
}

function ofSides(loss: Loss, batch: RowBatch, isLearned: boolean): ColumnsLesson {
  const { labels, scores, guide, teacher, teacherScores } = batch;
  const takes = takesOf(loss)!;
  const [embeddings, own, ...further] = batch.columns;
  const isJoined = further.length > 0 && takes.negatives === undefined;
  const reference = isJoined ? stacked(own, ...further) : own;
  const guided = guide && (isJoined ? [guide[0], stacked(...(guide.slice(1) as [Matrix, ...Matrix[]]))] : guide);
  const columns: AnyColumns = {
    ...(reference && { reference, ...(!isLearned && { learnReference: false }) }),
    ...(takes.negatives !== undefined && further.length > 0 && { negatives: further }),
    ...(guided && {
      guideEmbeddings: guided[0],
      ...(guided.length > 1 && { guideReference: guided[1] }),
      ...(guided.length > 2 && { guideNegatives: guided.slice(2) }),
    }),
    ...(teacher && { teacher }),
    ...(teacherScores && { teacherScores }),
  };
  const evaluation = loss.evaluate(embeddings, scores ?? labels, columns);
  const { gradients } = evaluation;
  const of = gradients.reference ?? null;
  const others = isJoined
    ? [own, ...further].map((column, k) => of && partOf(of, k * column.rows, column.rows))
    : [...(reference ? [of] : []), ...further.map((_, k) => gradients.negatives?.[k] ?? null)];
  return { embeddings, evaluation, slopes: [gradients.embeddings, ...others] };
}

function ofStack(loss: Loss, miner: Miner | null, { kind }: RowShape, { columns }: RowBatch): ColumnsLesson {
  const n = columns[0].rows;
  const all = stacked(...(columns as unknown as [Matrix, ...Matrix[]]));
  const together = kind === "views" ? columns.length : 2;
  const labels = Array.from({ length: all.rows }, (_, row) => (row < together * n ? row % n : row));
  const { evaluation, tuples } = lessonOf(loss, miner, all, labels);
  const slopes = columns.map((_, k) => partOf(evaluation.gradients.embeddings, k * n, n));
  return { embeddings: columns[0], evaluation, slopes, ...(tuples && { tuples }) };
}

function ofPairs(loss: Loss, { columns: [embeddings, reference], scores }: RowBatch): ColumnsLesson {
  const places = (wanted: number): Int32Array =>
    Int32Array.from(scores!.keys()).filter((row) => scores![row] === wanted);
  const [alike, different] = [places(1), places(0)];
  if (alike.length + different.length < scores!.length) {
    const row = scores!.findIndex((score) => score !== 1 && score !== 0);
    throw new RangeError(
      `${loss.name} learns from pairs that belong together or don't; a score is ${scores![row]}, give 1 or 0`,
    );
  }
  const tuples = { anchors1: alike, positives: alike, anchors2: different, negatives: different };
  const batch = prepareBatch(embeddings, null, { reference });
  const evaluation = batch.share(() => loss.evaluate(batch, null, { reference, tuples }));
  return { embeddings, evaluation, slopes: [evaluation.gradients.embeddings, evaluation.gradients.reference ?? null] };
}

function partOf({ data, cols }: Matrix, start: number, rows: number): Matrix {
  return toMatrix({ data: data.slice(start * cols, (start + rows) * cols), rows, cols }, "slopes");
}

/** Columns that a loss may be asked about, simple ones first. */
const simple: readonly RowShape[] = (() => {
  const none = { hasLabels: false, hasScores: false, hasGuide: false, hasTeacher: false, hasTeacherScores: false };
  return [
    { ...none, kind: "inputs", columns: 1, hasLabels: true },
    { ...none, kind: "inputs", columns: 1 },
    { ...none, kind: "positives", columns: 2 },
    { ...none, kind: "positives", columns: 3 },
    { ...none, kind: "others", columns: 2, hasScores: true },
    { ...none, kind: "others", columns: 2, hasLabels: true },
    { ...none, kind: "views", columns: 2 },
  ];
})();

function refusal(loss: Loss, shape: RowShape): string {
  const takes = takesOf(loss);
  const extras = {
    hasGuide: takes?.guide === true,
    hasTeacher: takes?.teacher === "embeddings",
    hasTeacherScores: takes?.teacher === "scores",
  };
  const readable = simple.map((each) => ({ ...each, ...extras })).filter((each) => canRead(loss, each));
  const needed = readable.map(wordsOf);
  return `${loss.name} learns from ${needed.length === 0 ? "other columns than a training can hold" : needed.join(", or ")}; it was given ${wordsOf(shape)}`;
}

/** The columns in words: "anchors, positives, negatives and guide". */
function wordsOf({ kind, columns, ...has }: RowShape): string {
  const inputs = {
    inputs: ["inputs"],
    positives: ["anchors", "positives"],
    others: ["anchors", "others"],
    views: ["views"],
  };
  const words = [
    ...inputs[kind],
    ...(kind === "positives" && columns > 2 ? ["negatives"] : []),
    ...(has.hasLabels ? ["labels"] : []),
    ...(has.hasScores ? ["scores"] : []),
    ...(has.hasGuide ? ["guide"] : []),
    ...(has.hasTeacher ? ["teacher"] : []),
    ...(has.hasTeacherScores ? ["teacherScores"] : []),
  ];
  return words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}
