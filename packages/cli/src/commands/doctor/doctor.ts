import { Command, Option } from "commander";
import { checkFile } from "../../files/openVectors.ts";
import { readLabels } from "../../files/labelFile.ts";
import { diagnose, type Question } from "./diagnose.ts";
import { doctorReport } from "./doctorReport.ts";
import { doctorText } from "./doctorText.ts";
import { memory } from "../../flags/memory.ts";
import { exitStatus } from "../../door/exitStatus.ts";
import { toHtml } from "../../report/page.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { lossNames, makeLoss } from "../train/parts.ts";
import { checkWritable, writeWhole } from "../../files/writeFile.ts";
import { integer, jsonObject } from "../../flags/readers.ts";

interface Flags {
  readonly label?: string;
  readonly batchSize: number;
  readonly sampler: Question["sampler"];
  readonly m: number;
  readonly loss: string;
  readonly lossOptions: Record<string, unknown>;
  readonly memory?: number;
  readonly size: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** `kindred doctor <labels>`. @param finish is told the exit status: 0, or 3 when silent batches are likely */
export function doctorCommand(terminal: Terminal, finish: (status: number) => void): Command {
  const samplers = ["random", "with-replacement", "m-per-class"];
  return new Command("doctor")
    .summary("forecast what batches will teach, from the labels alone")
    .description(
      "Tells before training what batches of these labels can teach a loss: how many steps will be silent, how many anchors will have a positive, " +
        "and what to do about it. Exit status 3 when silent batches are likely.",
    )
    .argument("<labels>", "labels: one a line, a column of a .csv, or .npy")
    .option("--label <column>", "the column of a .csv file, by name or number from 1")
    .option("--batch-size <rows>", "samples in a batch", integer(1), 100)
    .addOption(new Option("--sampler <name>", "how batches are drawn").choices(samplers).default("random"))
    .option("--m <samples>", "samples of a class in a batch, for m-per-class", integer(1), 4)
    .option("--loss <name>", `the loss: ${lossNames.join(", ")}`, "SupConLoss")
    .option("--loss-options <json>", "options of the loss", jsonObject, {})
    .option("--memory <amount>", "memory that a step may take, such as 8GB", memory)
    .option("--size <columns>", "columns of the embeddings", integer(1), 128)
    .option("--seed <number>", "of simulated batches", integer(0), 0)
    .option("--json", "print all figures as JSON")
    .option("--out <file>", "write a report with pictures, .html")
    .action((path: string, flags: Flags) => finish(doctor(path, flags, terminal)));
}

function doctor(path: string, flags: Flags, terminal: Terminal): number {
  checkFile(path);
  checkWritable(flags.out, "--out");
  const labels = readLabels(path, flags.label ?? null);
  const question: Question = {
    batchSize: flags.batchSize,
    sampler: flags.sampler,
    m: flags.m,
    loss: makeLoss(flags, labels),
    memoryBudget: flags.memory ?? Infinity,
    embeddingSize: flags.size,
    seed: flags.seed,
  };
  const diagnosis = diagnose(labels, question);
  const { advice, faults } = diagnosis;
  if (flags.out !== undefined) writeWhole(flags.out, toHtml(doctorReport(path, diagnosis, question)));
  if (flags.json) {
    terminal.print(JSON.stringify({ ...advice, faults }, null, 2));
  } else {
    terminal.print(doctorText(diagnosis, flags, (text) => terminal.strong(text)));
    if (flags.out !== undefined) terminal.say(`\nWritten to ${flags.out}.`);
  }
  return advice.status === "silent" ? exitStatus.silentBatchesLikely : exitStatus.done;
}
