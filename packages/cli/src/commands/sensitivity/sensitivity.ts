import { Command } from "commander";
import { labelRangeSensitivity, type Loss } from "kindred";
import { atTheDoor } from "../../door/inputError.ts";
import { checkEntries } from "../../door/mostEntries.ts";
import { runNote } from "../../door/runNote.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import { addFlags, flag, flagValues, type FlagValues } from "../../flags/flag.ts";
import { addLossFlags } from "../../flags/lossFlags.ts";
import { integer, integers, seedNumber } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { makeLoss } from "../../parts/losses.ts";
import { toHtml } from "../../report/page.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { sensitivityReport } from "./sensitivityReport.ts";
import { sensitivityText, sensitivityVerdict } from "./sensitivityText.ts";

/** All pairs of a batch are looked at; from here on that takes minutes a batch. */
const MOST_SAMPLES = 100_000;
const MOST_TRIALS = 100_000;

const flags = {
  loss: shared.loss,
  lossOptions: shared.lossOptions,
  n: flag("--n <samples>", "samples in a batch", integer(1, MOST_SAMPLES), 100),
  dim: flag("--dim <columns>", "columns of the embeddings", integer(1), 128),
  ranges: flag(
    "--ranges <counts>",
    "numbers of classes, separated by commas",
    integers(1, Number.MAX_SAFE_INTEGER),
    [10, 100, 1000, 10_000, 100_000, 1_000_000],
  ),
  trials: flag("--trials <count>", "batches of each range", integer(1, MOST_TRIALS), 20),
  seed: flag("--seed <number>", "of embeddings and labels", seedNumber, 0),
  json: shared.json,
  out: shared.report,
};

/** `kindred sensitivity`: the same embeddings, labels of more and more values. @param args the command line, whose loss has flags of its own */
export function sensitivityCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("sensitivity")
    .summary("how a loss depends on how many classes labels are drawn from")
    .description(
      "Evaluates a loss on one set of random embeddings with labels drawn from more and more classes, until no two samples share one and the loss is 0.",
    );
  const lossOptionsOf = addLossFlags(addFlags(command, flags), args);
  return command.action(() => {
    const given = flagValues(command, flags);
    sensitivity({ ...given, lossOptions: lossOptionsOf(given.lossOptions) }, terminal, args);
  });
}

function sensitivity(given: FlagValues<typeof flags>, terminal: Terminal, args: readonly string[]): void {
  const { loss: name, lossOptions, json, out, ...options } = given;
  const page = claimFile(out, "--out", []);
  checkEntries(options.n, options.dim, { what: "the embeddings", remedy: "give a smaller --n or --dim" });
  const loss = (range: number): Loss => makeLoss(name, lossOptions, { classes: range, embeddingSize: options.dim });
  const rows = atTheDoor(() => labelRangeSensitivity({ ...options, loss }));
  const verdict = sensitivityVerdict(name, options.n, rows);
  page?.write(toHtml(sensitivityReport(name, verdict, rows, { ...runNote(args), seed: options.seed })));
  if (json)
    return terminal.print(
      JSON.stringify(rows, (_, value: unknown) => (value instanceof Float64Array ? Array.from(value) : value), 2),
    );
  terminal.say(`${sensitivityText(rows, terminal.width)}\n`);
  terminal.say(verdict, "strong");
  if (out !== null) terminal.say(`Written to ${out}.`);
}
