import { basename } from "node:path";
import { Command } from "commander";
import { samplerNames } from "kindred";
import { exitStatus } from "../../door/exitStatus.ts";
import { runNote } from "../../door/runNote.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import { addFlags, choice, flag, flagValues, type FlagValues } from "../../flags/flag.ts";
import { addLossFlags } from "../../flags/lossFlags.ts";
import { memory } from "../../flags/memory.ts";
import { integer, seedNumber, text } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { makeLoss } from "../../parts/losses.ts";
import { toHtml } from "../../report/page.ts";
import { shortName } from "../../tables/columns/columnNames.ts";
import { readLabels } from "../../tables/labels/labelFile.ts";
import { inLine } from "../../terminal/clean.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { diagnose, type Question } from "./diagnose.ts";
import { doctorReport } from "./doctorReport.ts";
import { doctorText } from "./doctorText.ts";

const flags = {
  label: flag("--label <column>", "the column of a .csv file, by name or number from 1", text),
  batchSize: flag("--batch-size <rows>", "samples in a batch", integer(1), 100),
  sampler: choice("--sampler <name>", "how batches are drawn", samplerNames, "random"),
  m: flag("--m <samples>", "samples of a class in a batch, for m-per-class", integer(1), 4),
  loss: shared.loss,
  lossOptions: shared.lossOptions,
  memory: flag("--memory <amount>", "memory that a step may take, such as 8GB", memory),
  size: flag("--size <columns>", "columns of the embeddings", integer(1), 128),
  seed: flag("--seed <number>", "of simulated batches", seedNumber, 0),
  json: shared.json,
  out: shared.report,
};

/**
 * `kindred doctor <labels>`.
 *
 * @param args the command line, whose loss has flags of its own
 * @param finish is told the exit status: 0, or 3 when silent batches are likely
 */
export function doctorCommand(terminal: Terminal, args: readonly string[], finish: (status: number) => void): Command {
  const command = new Command("doctor")
    .summary("forecast what batches will teach, from the labels alone")
    .description(
      "Tells before training what batches of these labels can teach a loss: how many steps will be silent, how many anchors will have a positive, " +
        "and what to do about it. Exit status 3 when silent batches are likely.",
    )
    .argument("<labels>", "labels: one a line, a column of a .csv, or .npy");
  const lossOptionsOf = addLossFlags(addFlags(command, flags), args);
  return command.action((path: string) => {
    const given = flagValues(command, flags);
    finish(doctor(path, { ...given, lossOptions: lossOptionsOf(given.lossOptions) }, terminal, args));
  });
}

function doctor(path: string, given: FlagValues<typeof flags>, terminal: Terminal, args: readonly string[]): number {
  const { batchSize, sampler, m, size, seed, json, out } = given;
  const page = claimFile(out, "--out", [["the labels", path]]);
  const { labels, column } = readLabels(path, given.label);
  const question: Question = {
    batchSize,
    sampler,
    m,
    loss: makeLoss(given.loss, given.lossOptions, { classes: labels.words, embeddingSize: size }),
    memoryBudget: given.memory ?? Infinity,
    embeddingSize: size,
    seed,
  };
  const diagnosis = diagnose(labels, question);
  const { advice, faults } = diagnosis;
  page?.write(toHtml(doctorReport({ name: path, asked: given }, diagnosis, question, runNote(args))));
  if (json) {
    terminal.print(JSON.stringify({ ...advice, faults }, null, 2));
  } else {
    if (column !== null) terminal.say(`Labels: column ${inLine(shortName(column))} of ${inLine(basename(path))}.`);
    terminal.say(advice.verdict, "strong");
    terminal.say(`\n${doctorText(diagnosis, given, terminal.width)}`);
    if (out !== null) terminal.say(`\nWritten to ${out}.`);
  }
  return advice.status === "silent" ? exitStatus.silentBatchesLikely : exitStatus.done;
}
