import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { LossMonitor } from "kindred";
import type { DataSet } from "../../data/dataSet.ts";
import { columnMeans, fillGaps, gapsIn } from "../../data/gaps.ts";
import { holdOut, type Split } from "../../data/holdOut.ts";
import { named } from "../../data/named.ts";
import { endIfInterrupted, interruptible } from "../../door/interrupt.ts";
import { runNote } from "../../door/runNote.ts";
import { MARK } from "../../files/outputs/resultFiles.ts";
import { ResultFolder } from "../../files/outputs/resultFolder.ts";
import { addFlags, flag, flagValues, toggle, type FlagValues } from "../../flags/flag.ts";
import { addLossFlags } from "../../flags/lossFlags.ts";
import { text } from "../../flags/readers.ts";
import { tableFlags } from "../../flags/tableFlags.ts";
import { Head } from "../../head/head.ts";
import { saveHead } from "../../head/headFolder.ts";
import { USUAL_LOSS } from "../../parts/losses.ts";
import { toHtml } from "../../report/page.ts";
import { columnLines } from "../../tables/columns/usedColumns.ts";
import { openDataSet } from "../../tables/openVectors.ts";
import { territoryNames } from "../../tasks/territoryNames.ts";
import { duration } from "../../terminal/format.ts";
import { openProgress } from "../../terminal/progress.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { textTable } from "../../terminal/textTable.ts";
import { buildParts, checkNames } from "./buildParts.ts";
import { checkSizes, checkSteps } from "./checkSizes.ts";
import { consult } from "./consult.ts";
import { HeadTraining, stepsOf } from "./headTraining.ts";
import { changesOf, judge, readyToJudge } from "./judge.ts";
import type { TrainedHead } from "./trainedHead.ts";
import { trainMetrics } from "./trainMetrics.ts";
import { trainingFlags, withBatchSize, type TrainOptions } from "./trainOptions.ts";
import { trainReport } from "./trainReport.ts";
import {
  dataLine,
  doctorLines,
  findingLine,
  forwardLines,
  judgementLine,
  metricRows,
  planLine,
  resultLines,
  verdictOf,
} from "./trainText.ts";

const flags = {
  ...tableFlags,
  out: flag(
    "--out <folder>",
    "a folder for the model, metrics.json and report.html: new, empty, or of an earlier training",
    text,
    "kindred-out",
  ),
  ...trainingFlags,
  json: toggle("--json", "print metrics.json instead of sentences"),
};

type Given = FlagValues<typeof flags>;

/** Whom a training talks to, and what ends it early. */
interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The command line. */
  readonly args: readonly string[];
}

/** What suits the built-in task better than the defaults; the user's own choices go first. */
export function builtInChoices(loss: string): Partial<TrainOptions> {
  return {
    ...(loss === USUAL_LOSS && { lossOptions: { temperature: 0.05 } }),
    batchSize: 512,
    epochs: 5,
    learningRate: 0.003,
    size: 128,
    heldOut: 0.5,
  };
}

/** `kindred train [data]`. @param args the command line, whose loss has flags of its own */
export function trainCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("train")
    .summary("train an embedding head on labelled vectors")
    .description(
      "Trains an embedding head (linear, or an MLP with --hidden) on labelled vectors, judges it before and after on what it never saw, " +
        "and writes a folder: the model, metrics.json and report.html. Without data it learns names of territories across languages.",
    )
    .argument("[data]", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels");
  const lossOptionsOf = addLossFlags(addFlags(command, flags), args);
  return command.action((path: string | undefined) => {
    const { loss } = flagValues(command, flags);
    const given = flagValues(command, flags, path === undefined ? builtInChoices(loss) : {});
    return train(path ?? null, { ...given, lossOptions: lossOptionsOf(given.lossOptions) }, terminal, args);
  });
}

async function train(path: string | null, given: Given, terminal: Terminal, args: readonly string[]): Promise<void> {
  checkNames(given);
  await interruptible(async (signal) => {
    const inputs = [["the data", path] as const, ["--labels", given.labels] as const];
    const folder = new ResultFolder(given.out, "--out", inputs);
    try {
      await trainInto(folder, path, given, { terminal, signal, args });
    } finally {
      folder.release();
    }
  });
}

async function trainInto(
  folder: ResultFolder,
  path: string | null,
  given: Given,
  surroundings: Surroundings,
): Promise<void> {
  const { label, labels, id, columns, ignore, missing, out, json, ...options } = given;
  const { terminal, signal, args } = surroundings;
  const say = (line: string): void => (json ? undefined : terminal.say(line));
  const started = performance.now();
  if (path === null)
    say("No data given: learning what the territories of the world are called, from their names in many languages.");
  const request = { label, labels, id, columns, ignore, missing, like: null, isOptional: false };
  const opened = path === null ? null : openDataSet(path, request);
  const about = opened === null ? [] : columnLines(opened.used);
  const data = named(opened ?? territoryNames());
  await endIfInterrupted(signal);
  const head = await learn(data, about, options, json ? null : terminal, signal);
  say("Drawing the report ...");
  const metrics = JSON.stringify(trainMetrics(head, opened?.used ?? null), null, 2);
  const report = toHtml(trainReport(head, out, runNote(args)));
  await folder.write((drafts) => {
    saveHead(new Head(head.model, opened?.used.names ?? null), join(drafts, "model"));
    writeFileSync(join(drafts, MARK), `${metrics}\n`);
    writeFileSync(join(drafts, "report.html"), report);
  });
  if (json) return terminal.print(metrics);
  say("");
  say(textTable(["", "before", "after", "change"], metricRows(head), terminal.width));
  say("");
  terminal.say(verdictOf(head), "strong");
  forwardLines(head).forEach(say);
  say(
    `\nWritten to ${out} in ${duration((performance.now() - started) / 1000)}: report.html (open it), metrics.json, and the model in model/.`,
  );
}

/**
 * Parts the data, asks the doctor, trains on the one part and judges on the other, before and after.
 *
 * @param about what is said of the data before
 * @param terminal is told how it goes; null: nobody
 * @param signal ends the training early; what was learned so far is judged
 */
async function learn(
  data: DataSet,
  about: readonly string[],
  given: TrainOptions,
  terminal: Terminal | null,
  signal: AbortSignal,
): Promise<TrainedHead> {
  const say = (...lines: readonly string[]): void => lines.forEach((line) => terminal?.say(line));
  const halves = withoutGaps(holdOut(data, given.heldOut, given.holdOutBy, given.seed));
  const split = { ...halves, test: readyToJudge(halves.test, given.seed) };
  const { train, test } = split;

  const asked = withBatchSize(given, train.labels.length);
  checkSizes(asked, train.vectors.cols);
  const patient = { labels: train.labels, columns: train.vectors.cols };
  const consultation = consult(asked, buildParts(asked, train.labels), patient);
  const { options, parts } = consultation;

  const steps = stepsOf(options, parts.sampler);
  checkSteps(steps);
  const monitor = new LossMonitor({ onFinding: (finding) => say(findingLine(finding)) });
  const hooks = terminal === null ? [monitor] : [monitor, openProgress(terminal, steps)];
  const training = new HeadTraining(options, parts, train, hooks);
  const { isScaled, model } = training;
  say(...about, dataLine(data, split));
  if (isScaled) say("The columns' spreads differ widely: they are brought to one (--scale none leaves them).");
  say(planLine(data, options, steps), ...doctorLines(consultation));

  await endIfInterrupted(signal);
  const before = judge(training.scaled(test.vectors), test.labels);
  say(`Before: ${judgementLine(before)}`);
  const result = await training.run(signal);
  if (result.steps === 0) signal.throwIfAborted();
  say(...resultLines(result));
  const after = judge(training.embed(test.vectors), test.labels);
  say(`After:  ${judgementLine(after)}`);
  const change = changesOf(before, after);
  return { data, split, consultation, isScaled, model, result, findings: monitor.findings, before, after, change };
}

/** Both parts with the means of the one that is trained on in the place of missing values: the other is not to be looked at. */
function withoutGaps({ train, test, by }: Split): Split {
  if (gapsIn(train.vectors) + gapsIn(test.vectors) === 0) return { train, test, by };
  const means = columnMeans(train.vectors);
  const whole = (part: DataSet): DataSet => ({ ...part, vectors: fillGaps(part.vectors, means, null) });
  return { train: whole(train), test: whole(test), by };
}
