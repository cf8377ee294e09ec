import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { SearchPlan } from "kindred";
import { named } from "../../data/named.ts";
import { endIfInterrupted, interruptible } from "../../door/interrupt.ts";
import { runNote } from "../../door/runNote.ts";
import { MARK } from "../../files/outputs/resultFiles.ts";
import { ResultFolder } from "../../files/outputs/resultFolder.ts";
import type { NamedPath } from "../../files/places/samePlace.ts";
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
import type { Terminal } from "../../terminal/terminal.ts";
import { textTable } from "../../terminal/textTable.ts";
import { figuresSentence, forwardLines, metricRows } from "./judged/judgedText.ts";
import { trainMetrics } from "./judged/trainMetrics.ts";
import { trainReport } from "./judged/trainReport.ts";
import { trainingFlags, trainOptions, wantsSearch, wishesIn, type TrainWishes } from "./options/trainOptions.ts";
import { trainPlainly } from "./plain/plainTraining.ts";
import { KeptRun } from "./runs/keptRun.ts";
import { KeptSearch } from "./runs/keptSearch.ts";
import { runFlags } from "./runs/runFlags.ts";
import { readPlan } from "./search/planFile.ts";
import { searchHeads } from "./search/searchHeads.ts";
import { checkNames } from "./setup/buildParts.ts";

const flags = {
  ...tableFlags,
  out: flag(
    "--out <folder>",
    "a folder for the model, metrics.json and report.html: new, empty, or of an earlier training",
    text,
    "kindred-out",
  ),
  ...trainingFlags,
  ...runFlags,
  json: toggle("--json", "print metrics.json instead of sentences"),
};

type Given = FlagValues<typeof flags>;

/** Whom a training talks to, and what ends it early. */
interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The command line. */
  readonly args: readonly string[];
  /** Of an earlier search; null: none. */
  readonly plan: SearchPlan | null;
  readonly run: KeptRun | KeptSearch;
}

/** What suits the built-in task better than the defaults; the user's own choices go first. */
export function builtInChoices(wishes: TrainWishes): Partial<TrainWishes> {
  if (wantsSearch(wishes)) return { heldOut: 0.5 };
  const isUsual = wishes.loss === null || wishes.loss === USUAL_LOSS;
  return {
    ...(isUsual && { lossOptions: { temperature: 0.05 } }),
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
      "Searches for the embedding head under which vectors of a class lie closest together: closed forms such as whitening, and heads trained with several losses, " +
        "compared on rows that they never saw, and judged beside the raw vectors on others. Where none is better, it says so and leaves the vectors as they are. " +
        "Writes a folder: the model, metrics.json and report.html. Without data it learns names of territories across languages.",
    )
    .argument("[data]", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels");
  const lossOptionsOf = addLossFlags(addFlags(command, flags), args);
  return command.action((path: string | undefined) => {
    const wishes = flagValues(command, flags);
    const given = path === undefined ? flagValues(command, flags, builtInChoices(wishes)) : wishes;
    return train(path ?? null, { ...given, lossOptions: lossOptionsOf(given.lossOptions) }, terminal, args);
  });
}

async function train(path: string | null, given: Given, terminal: Terminal, args: readonly string[]): Promise<void> {
  checkNames(given);
  const plan = given.plan === null ? null : readPlan(given.plan);
  await interruptible(async (signal) => {
    const inputs = [["the data", path] as const, ["--labels", given.labels] as const];
    const folder = new ResultFolder(given.out, "--out", inputs);
    try {
      const run = openRun(given, inputs, signal, terminal);
      try {
        await trainInto(folder, path, given, { terminal, signal, args, plan, run });
      } finally {
        run.close();
      }
    } finally {
      folder.release();
    }
  });
}

/** The run of one training or of a search. @throws InputError when its checkpoint or a log cannot be written */
function openRun(
  given: Given,
  inputs: readonly NamedPath[],
  signal: AbortSignal,
  terminal: Terminal,
): KeptRun | KeptSearch {
  const say = (line: string): void => (given.json ? undefined : terminal.say(line));
  const voice = { say, complain: (line: string) => terminal.complain(line) };
  return wantsSearch(given)
    ? new KeptSearch(given, given.out, inputs, signal, voice)
    : new KeptRun(given, given.out, inputs, voice);
}

async function trainInto(
  folder: ResultFolder,
  path: string | null,
  given: Given,
  surroundings: Surroundings,
): Promise<void> {
  const { label, labels, id, columns, ignore, missing, out, json } = given;
  const wishes = wishesIn(given);
  const { terminal, signal, args, plan, run } = surroundings;
  const say = (line: string): void => (json ? undefined : terminal.say(line));
  const started = performance.now();
  if (path === null)
    say("No data given: learning what the territories of the world are called, from their names in many languages.");
  const request = { label, labels, id, group: wishes.group, columns, ignore, missing, like: null, isOptional: false };
  const opened = path === null ? null : openDataSet(path, request);
  const about = opened === null ? [] : columnLines(opened.used);
  const data = named(opened ?? territoryNames());
  await endIfInterrupted(signal);
  const audience = { about, terminal: json ? null : terminal, signal };
  const trained =
    run instanceof KeptSearch
      ? await searchHeads(data, opened?.groups ?? null, { wishes, plan, run }, audience)
      : await trainPlainly(data, trainOptions(wishes), audience, run);
  say("Drawing the report ...");
  const metrics = JSON.stringify(trainMetrics(trained, opened?.used ?? null), null, 2);
  const report = toHtml(trainReport(trained, out, runNote(args)));
  await folder.write((drafts) => {
    saveHead(new Head(trained.head, opened?.used.names ?? null), join(drafts, "model"));
    writeFileSync(join(drafts, MARK), `${metrics}\n`);
    writeFileSync(join(drafts, "report.html"), report);
  });
  run.finish();
  if (json) return terminal.print(metrics);
  say("");
  say(textTable(["", "before", "after", "change"], metricRows(trained.judged), terminal.width));
  say("");
  terminal.say(`${trained.verdict} ${figuresSentence(trained.judged)}`, "strong");
  forwardLines(trained.steps).forEach(say);
  say(
    `\nWritten to ${out} in ${duration((performance.now() - started) / 1000)}: report.html (open it), metrics.json, and the model in model/.`,
  );
}
