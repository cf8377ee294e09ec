import { checkNumber, describe, unknownName } from "../../matrix/checks.ts";
import type { Label, Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix } from "../../matrix/matrix.ts";

/**
 * Inputs of a model, a row an example: all at once, or a function that gives the rows asked for, in that order: for data that do
 * not fit the memory, and for inputs that change from epoch to epoch (augmentation).
 */
export type Column = MatrixLike | ((rows: Int32Array) => Matrix);

/**
 * What is learned from, in columns: row i of each is of example i. Columns of inputs are of one kind:
 *
 * - `inputs`, with `labels` where the loss learns from classes;
 * - `anchors` and `positives` (queries and their answers), with any number of columns of `negatives`;
 * - `anchors` and `others`, with `scores` (how alike they are, or 1 and 0) or `labels` of each pair;
 * - `views`: two or more of the same samples.
 *
 * Each loss reads those that it can ({@link evaluateRows}), and says which it needs where it cannot.
 */
export interface Rows {
  readonly inputs?: Column;
  /** One a row. */
  readonly labels?: Labels;
  readonly anchors?: Column;
  readonly positives?: Column;
  /** Row i of each is a negative of anchor i. */
  readonly negatives?: readonly Column[];
  readonly others?: Column;
  /** One a row: how alike anchor and other are. */
  readonly scores?: ArrayLike<number>;
  readonly views?: readonly Column[];
  /** What a second model makes of each column, in their order, to say which negatives are none (GISTLoss). */
  readonly guide?: readonly MatrixLike[];
  /** What a teacher makes of all columns, or of each in their order. */
  readonly teacher?: readonly MatrixLike[];
  /** What a teacher thinks of the candidates of each anchor: a number for each, in the order positive, negatives. */
  readonly teacherScores?: MatrixLike;
  /** How many rows there are; needed where all columns are functions. */
  readonly count?: number;
}

/** Which columns of inputs there are. */
type RowKind = "inputs" | "positives" | "others" | "views";

/** Which columns there are, before any row is looked at. */
export interface RowShape {
  readonly kind: RowKind;
  /** Columns of inputs. */
  readonly columns: number;
  readonly hasLabels: boolean;
  readonly hasScores: boolean;
  readonly hasGuide: boolean;
  readonly hasTeacher: boolean;
  readonly hasTeacherScores: boolean;
}

/** Some rows, or what a model has made of them: in `columns`, all else goes along. */
export interface RowBatch {
  readonly columns: readonly Matrix[];
  readonly labels: readonly Label[] | null;
  readonly scores: readonly number[] | null;
  readonly guide: readonly Matrix[] | null;
  readonly teacher: readonly Matrix[] | null;
  readonly teacherScores: Matrix | null;
}

/** Checked rows, of which batches are taken. */
export interface CheckedRows {
  readonly shape: RowShape;
  readonly count: number;
  /** The columns of inputs by their names: "anchors", "negatives[0]". */
  readonly names: readonly string[];
  /** @throws RangeError when a row is asked for that is not there */
  readonly take: (rows: Int32Array) => RowBatch;
}

const known: readonly (keyof Rows)[] = [
  "inputs", "labels", "anchors", "positives", "negatives", "others", "scores", "views", "guide", "teacher", "teacherScores", "count",
]; // prettier-ignore

/**
 * Looks at the columns, and at none of the rows.
 *
 * @throws TypeError, RangeError when columns are unknown, of two kinds or of different length
 */
export function checkRows(rows: Rows): CheckedRows {
  if (typeof rows !== "object" || rows === null)
    throw new TypeError(
      `data is ${describe(rows)}; give columns, such as { inputs, labels } or { anchors, positives }`,
    );
  const unknown = Object.keys(rows).find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new TypeError(unknownName("data has no column", unknown, known));
  const [kind, named] = columnsOf(rows);
  const count = countOf(rows, named);
  const takers = named.map(([name, column]) => columnTaker(column, `data.${name}`, count));
  const labels = listOf(rows.labels, "labels", "label", count);
  const scores = listOf(rows.scores, "scores", "score", count);
  scores?.forEach((score, i) => checkNumber(score, `data.scores[${i}]`));
  const guide = matricesOf(rows.guide, "guide", count);
  if (guide !== null && guide.length !== named.length)
    throw new RangeError(`data.guide has ${guide.length} matrices for ${named.length} columns; give one for each`);
  const teacher = matricesOf(rows.teacher, "teacher", count);
  const teacherScores = rows.teacherScores === undefined ? null : matrixOf(rows.teacherScores, "teacherScores", count);
  return {
    shape: {
      kind,
      columns: named.length,
      hasLabels: labels !== null,
      hasScores: scores !== null,
      hasGuide: guide !== null,
      hasTeacher: teacher !== null,
      hasTeacherScores: teacherScores !== null,
    },
    count,
    names: named.map(([name]) => name),
    take(which) {
      const wrong = which.find((row) => !(row >= 0 && row < count));
      if (wrong !== undefined)
        throw new RangeError(
          `the sampler asked for sample ${wrong} of ${count}; give the sampler the labels of these data`,
        );
      const some = (matrix: Matrix): Matrix => takeRows(matrix, which);
      return {
        columns: takers.map((take) => take(which)),
        labels: labels && Array.from(which, (row) => labels[row]),
        scores: scores && Array.from(which, (row) => scores[row]),
        guide: guide && guide.map(some),
        teacher: teacher && teacher.map(some),
        teacherScores: teacherScores && some(teacherScores),
      };
    },
  };
}

type Named = readonly [name: string, column: Column];

function columnsOf(rows: Rows): [RowKind, Named[]] {
  const { inputs, anchors, positives, negatives = [], others, views } = rows;
  const listed = (columns: readonly Column[], name: string): Named[] => {
    if (!Array.isArray(columns)) throw new TypeError(`data.${name} is ${describe(columns)}; give a list of matrices`);
    return columns.map((column: Column, k) => [`${name}[${k}]`, column]);
  };
  const kinds = [inputs, positives, others, views].filter((column) => column !== undefined).length;
  if (kinds !== 1)
    throw new TypeError(
      `data has ${givenIn(rows)}; give inputs, or anchors and positives, or anchors and others, or views`,
    );
  if ((anchors !== undefined) !== (positives !== undefined || others !== undefined))
    throw new TypeError(
      anchors === undefined
        ? "data has no anchors; row i of them is what row i belongs to"
        : "data has anchors that nothing belongs to; give positives or others",
    );
  if (negatives.length > 0 && positives === undefined)
    throw new TypeError("data has negatives without positives; give anchors and positives too");
  if (positives !== undefined)
    return ["positives", [["anchors", anchors!], ["positives", positives], ...listed(negatives, "negatives")]];
  if (others !== undefined)
    return [
      "others",
      [
        ["anchors", anchors!],
        ["others", others],
      ],
    ];
  if (inputs !== undefined) return ["inputs", [["inputs", inputs]]];
  if (views!.length < 2) throw new RangeError(`data.views has ${views!.length} columns; give two views or more`);
  return ["views", listed(views!, "views")];
}

function givenIn(rows: Rows): string {
  const given = Object.entries(rows).filter(([, column]) => column !== undefined);
  return given.length === 0 ? "no columns" : `the columns ${given.map(([name]) => name).join(", ")}`;
}

function countOf({ labels, scores, count }: Rows, named: readonly Named[]): number {
  if (count !== undefined) return checkNumber(count, "data.count", { atLeast: 0, integer: true });
  const whole = named.find(([, column]) => typeof column !== "function");
  if (whole !== undefined) return toMatrix(whole[1] as MatrixLike, `data.${whole[0]}`).rows;
  const list = labels ?? scores;
  if (list !== undefined && typeof list?.length === "number") return list.length;
  throw new TypeError("data has functions as columns only; give count, how many rows there are");
}

/**
 * A function that takes rows out of a column, as copies.
 *
 * @throws TypeError, RangeError when it is no matrix, or not of so many rows. The function throws a RangeError when not all rows that
 *   were asked for are given
 */
export function columnTaker(column: Column, name: string, count: number): (rows: Int32Array) => Matrix {
  if (typeof column !== "function") {
    const matrix = toMatrix(column, name);
    if (matrix.rows !== count)
      throw new RangeError(`${name} has ${matrix.rows} rows for ${count} examples; give one each`);
    return (rows) => takeRows(matrix, rows);
  }
  return (rows) => {
    const taken = column(rows);
    if (taken.rows !== rows.length)
      throw new RangeError(`${name} gave ${taken.rows} rows for ${rows.length} asked for; it must give each one`);
    return taken;
  };
}

function listOf<T>(list: ArrayLike<T> | undefined, name: string, one: string, count: number): T[] | null {
  if (list === undefined) return null;
  if (typeof list !== "object" || list === null || typeof list.length !== "number")
    throw new TypeError(`data.${name} is ${describe(list)}; give an array with one ${one} a row`);
  if (list.length !== count)
    throw new RangeError(`data.${name} has ${list.length} entries for ${count} rows; each row needs one ${one}`);
  return Array.from(list);
}

function matricesOf(matrices: readonly MatrixLike[] | undefined, name: string, count: number): Matrix[] | null {
  if (matrices === undefined) return null;
  if (!Array.isArray(matrices)) throw new TypeError(`data.${name} is ${describe(matrices)}; give a list of matrices`);
  return (matrices as readonly MatrixLike[]).map((matrix, k) => matrixOf(matrix, `${name}[${k}]`, count));
}

function matrixOf(given: MatrixLike, name: string, count: number): Matrix {
  const matrix = toMatrix(given, `data.${name}`);
  if (matrix.rows !== count)
    throw new RangeError(`data.${name} has ${matrix.rows} rows for ${count} examples; give one each`);
  return matrix;
}
