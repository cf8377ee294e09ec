import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { classCounts } from "../../doctor/labels/classCounts.ts";
import { AccuracyCalculator } from "../../evaluation/accuracy/accuracyCalculator.ts";
import type { Label } from "../../matrix/labels.ts";
import { takeRows } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import type { LabelledRows } from "./headTraining.ts";

/** Gains smaller than this are not worth collecting data for. */
const WORTH = 0.002;
/** Precision@1 from which on there is little left to gain. */
const HIGH = 0.97;
/** Rows a class from which on a further one tells little about how rows of it differ. */
const ENOUGH_ROWS = 8;
/** Pairs of classes that are named. */
const MOST_PAIRS = 3;

/** What is known when no head was better than the vectors as they are. */
interface SearchOutcome {
  readonly train: LabelledRows;
  readonly choose: LabelledRows;
  /** null: those to choose by are compared with one another. */
  readonly references: LabelledRows | null;
  /** The score of the vectors as they are, and of the best closed form computed from such rows, on the part to choose by. */
  readonly rawScore: number;
  readonly fullScore: number;
  readonly scoreWith: (rows: LabelledRows) => number;
  readonly seed: number;
}

/** What data would help, in sentences with the numbers that say so; the most promising first. */
export function searchAdvice(outcome: SearchOutcome): string[] {
  return [...learningCurve(outcome), ...fewRows(outcome.train.labels), ...confused(outcome)];
}

/** What the best closed form gains from half of the classes, and from all: whether more of them would help. */
function learningCurve({ train, rawScore, fullScore, scoreWith, seed }: SearchOutcome): string[] {
  const { labels, counts, classes, codes } = classCounts(train.labels);
  const paired = Array.from(labels.keys()).filter((c) => counts[c] >= 2);
  if (paired.length < 4) return [`${classes} classes to learn from are few: more classes would help first`];
  const half = new Set(new Random(seed).shuffle(Int32Array.from(paired)).subarray(0, Math.floor(paired.length / 2)));
  const rows = Int32Array.from(codes.keys()).filter((row) => half.has(codes[row]));
  const some = { inputs: takeRows(train.inputs, rows), labels: Array.from(rows, (row): Label => train.labels[row]) };
  const [fromHalf, fromAll] = [scoreWith(some) - rawScore, fullScore - rawScore];
  const figures = `whitening gains ${signed(fromHalf)} from ${half.size} classes and ${signed(fromAll)} from ${paired.length}`;
  return fromAll - fromHalf > WORTH
    ? [`more classes would help: ${figures} (mean of the first hit's reciprocal rank and MAP@R)`]
    : [
        `more classes of the same kind would hardly help: ${figures} (mean of the first hit's reciprocal rank and MAP@R)`,
      ];
}

function fewRows(labels: readonly Label[]): string[] {
  const sorted = classCounts(labels).counts.slice().sort();
  const usual = sorted[Math.floor(sorted.length / 2)];
  return usual >= ENOUGH_ROWS ? [] : [`more rows a class would help: half of the classes have ${usual} or fewer`];
}

/** Whether few pairs of classes make most of the mistakes, which cleaner labels would mend. */
function confused({ choose, references }: SearchOutcome): string[] {
  const { metrics, confusions = [] } = new AccuracyCalculator({
    include: ["precisionAt1"],
    distance: new CosineSimilarity(),
    returnConfusions: true,
  }).getAccuracy({
    query: choose.inputs,
    queryLabels: choose.labels,
    ...(references !== null && { reference: references.inputs, referenceLabels: references.labels }),
  });
  const precision = metrics.precisionAt1;
  if (precision > HIGH) return [`little is left to gain: the vectors as they are have a precision@1 of ${precision.toFixed(3)}`]; // prettier-ignore
  const total = confusions.reduce((sum, { taken: [there, back] }) => sum + there + back, 0);
  const first = confusions.slice(0, MOST_PAIRS);
  const most = first.reduce((sum, { taken: [there, back] }) => sum + there + back, 0);
  if (total === 0) return [];
  const pairs = first.map(({ labels: [a, b] }) => `${String(a)} and ${String(b)}`).join(", ");
  return [
    `cleaner labels may help: ${most} of ${total} wrong nearest neighbours are between ${pairs}; see whether they are one class, or mislabelled`,
  ];
}

function signed(gain: number): string {
  return `${gain < 0 ? "" : "+"}${gain.toFixed(3)}`;
}
