import type { Finding, TrainingResult } from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import type { Split } from "../../../data/holdOut.ts";
import { flagsOf } from "../../../flags/flagsOf.ts";
import { inLine } from "../../../terminal/clean.ts";
import { count, percent, plural } from "../../../terminal/format.ts";
import { partWords } from "../judged/judgedText.ts";
import type { SizedOptions } from "../options/trainOptions.ts";
import type { Consultation } from "../setup/consult.ts";

/** What there is to train on and to judge by. */
export function dataLine({ name, vectors }: DataSet, { train, test }: Split): string {
  return `${inLine(name)}: ${count(vectors.rows)} vectors of ${plural(vectors.cols, "column")}. To train on: ${partWords(train)}; held out: ${partWords(test)}.`;
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
