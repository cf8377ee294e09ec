import { Command } from "commander";
import { labelRangeSensitivity, type Loss } from "kindred";
import { atTheDoor } from "../../door/inputError.ts";
import { toHtml } from "../../report/page.ts";
import { sensitivityReport } from "./sensitivityReport.ts";
import { sensitivityText, sensitivityVerdict } from "./sensitivityText.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { lossNames, makeLoss } from "../train/parts.ts";
import { checkWritable, writeWhole } from "../../files/writeFile.ts";
import { integer, integers, jsonObject } from "../../flags/readers.ts";

interface Flags {
  readonly loss: string;
  readonly lossOptions: Record<string, unknown>;
  readonly n: number;
  readonly dim: number;
  readonly ranges: readonly number[];
  readonly trials: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** `kindred sensitivity`: the same embeddings, labels of more and more values. */
export function sensitivityCommand(terminal: Terminal): Command {
  return new Command("sensitivity")
    .summary("how a loss depends on how many classes labels are drawn from")
    .description(
      "Evaluates a loss on one set of random embeddings with labels drawn from more and more classes, until no two samples share one and the loss is 0.",
    )
    .option("--loss <name>", `the loss: ${lossNames.join(", ")}`, "SupConLoss")
    .option("--loss-options <json>", "options of the loss", jsonObject, {})
    .option("--n <samples>", "samples in a batch", integer(1), 100)
    .option("--dim <columns>", "columns of the embeddings", integer(1), 128)
    .option(
      "--ranges <counts>",
      "numbers of classes, separated by commas",
      integers(1),
      [10, 100, 1000, 10_000, 100_000, 1_000_000],
    )
    .option("--trials <count>", "batches of each range", integer(1), 20)
    .option("--seed <number>", "of embeddings and labels", integer(0), 0)
    .option("--json", "print all figures as JSON")
    .option("--out <file>", "write a report with pictures, .html")
    .action((flags: Flags) => sensitivity(flags, terminal));
}

function sensitivity({ loss: name, lossOptions, json, out, ...options }: Flags, terminal: Terminal): void {
  checkWritable(out, "--out");
  const loss = (range: number): Loss => makeLoss({ loss: name, lossOptions: lossOptions, size: options.dim }, range);
  const rows = atTheDoor(() => labelRangeSensitivity({ ...options, loss }));
  const verdict = sensitivityVerdict(name, options.n, rows);
  if (out !== undefined) writeWhole(out, toHtml(sensitivityReport(name, verdict, rows)));
  if (json)
    return terminal.print(
      JSON.stringify(rows, (_, value: unknown) => (value instanceof Float64Array ? Array.from(value) : value), 2),
    );
  terminal.print(`${sensitivityText(rows, terminal.width)}\n\n${terminal.strong(verdict)}`);
  if (out !== undefined) terminal.say(`Written to ${out}.`);
}
