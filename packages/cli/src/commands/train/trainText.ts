import type { Finding, TrainingResult } from "kindred";
import type { DataSet } from "../../data/dataSet.ts";
import type { Split } from "../../data/holdOut.ts";
import { flagsOf } from "../../flags/flagsOf.ts";
import { inLine } from "../../terminal/clean.ts";
import { count, decimal, gain, percent, plural } from "../../terminal/format.ts";
import type { Consultation } from "./consult.ts";
import { metricTitles, type Judgement, type MetricKey } from "./judge.ts";
import { changeWords, outcomeSentence, stepsForward } from "./outcome.ts";
import type { TrainedHead } from "./trainedHead.ts";
import type { SizedOptions } from "./trainOptions.ts";

/** What there is to train on and to judge by. */
export function dataLine({ name, vectors }: DataSet, { train, test }: Split): string {
  const [learned, held] = [train, test].map(
    ({ labels }) => `${count(labels.length)} rows of ${plural(new Set(labels).size, "class", "classes")}`,
  );
  return `${inLine(name)}: ${count(vectors.rows)} vectors of ${plural(vectors.cols, "column")}. To train on: ${learned}; held out: ${held}.`;
}

/** What is going to be trained, and how long. */
export function planLine({ vectors }: DataSet, { hidden, size, loss, batchSize }: SizedOptions, steps: number): string {
  return `Training ${[vectors.cols, ...hidden, size].join(" > ")} with ${loss}, ${plural(steps, "batch", "batches")} of ${batchSize}.`;
}

/** What the doctor says before the first step. */
export function doctorLines({ advice, followed }: Consultation): string[] {
  const verdict = `Doctor: ${advice.verdict}`;
  if (followed !== null) return [verdict, `Following its advice: ${followed.remedy.title}. ${followed.advice.verdict}`];
  if (advice.remedies.length === 0) return [verdict];
  const [first] = advice.remedies;
  return [
    verdict,
    `  Its first advice: ${first.title} (${flagsOf(first) ?? "see kindred doctor"}; --auto follows it).`,
  ];
}

/** What the monitor has found. */
export function findingLine({ since, message, remedy }: Finding): string {
  return `Monitor: since step ${since}: ${message}. What to do: ${remedy}.`;
}

/** How well neighbours are of a kind, in a line. */
export function judgementLine({ metrics, queries, singletons }: Judgement): string {
  const left = singletons > 0 ? `; ${plural(singletons, "singleton")} left out` : "";
  return `precision@1 ${metrics.precisionAt1.toFixed(3)}, MAP@R ${metrics.meanAveragePrecisionAtR.toFixed(3)} (${plural(queries, "query", "queries")}${left})`;
}

/** What is to be known of how a training went; nothing where all went well. */
export function resultLines({ stopReason, steps, silentSteps }: TrainingResult): string[] {
  const lines: string[] = [];
  if (stopReason === "aborted") lines.push(`Stopped after ${plural(steps, "step")}; what was learned so far is kept.`);
  if (silentSteps > 0)
    lines.push(
      `${plural(silentSteps, "batch", "batches")} of ${count(steps)} (${percent(silentSteps / steps)}) taught nothing: ` +
        "see what the report says of live anchors.",
    );
  return lines;
}

/** What has come out, and what it means. */
export function verdictOf(head: TrainedHead): string {
  return `${outcomeSentence(head)} ${figuresSentence(head)}`;
}

/** What has come out, in figures. */
export function figuresSentence(head: TrainedHead): string {
  const { split, before, after, change } = head;
  const where =
    split.by === "class"
      ? `${plural(new Set(split.test.labels).size, "class", "classes")} that training never saw`
      : `${plural(split.test.labels.length, "sample")} that training never saw`;
  const { value } = change.precisionAt1;
  const verb = value > 0.0005 ? "rose" : value < -0.0005 ? "fell" : "stayed";
  return (
    `On ${where}, precision@1 ${verb} from ${decimal(before.metrics.precisionAt1)} to ${decimal(after.metrics.precisionAt1)} (${changeWords(change.precisionAt1)}) ` +
    `and MAP@R went from ${decimal(before.metrics.meanAveragePrecisionAtR)} to ${decimal(after.metrics.meanAveragePrecisionAtR)} ` +
    `(${changeWords(change.meanAveragePrecisionAtR)}).`
  );
}

/** What to do about a head that is not better than the raw vectors; nothing about one that is. */
export function forwardLines(head: TrainedHead): string[] {
  const steps = stepsForward(head);
  if (steps.length === 0) return [];
  return [
    "What to do, best first (the report says why; the dots stand for what you typed):",
    ...steps.map(({ title, code }, k) => `  ${k + 1}. ${title}${code === undefined ? "" : `: ${code.split("\n")[0]}`}`),
  ];
}

/** The rows of the table of metrics: title, before, after, change. */
export function metricRows({ before, after, change }: TrainedHead): string[][] {
  return (Object.keys(metricTitles) as MetricKey[]).map((key) => [
    metricTitles[key],
    decimal(before.metrics[key]),
    decimal(after.metrics[key]),
    gain(change[key].value),
  ]);
}
