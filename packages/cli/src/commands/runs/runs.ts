import { resolve } from "node:path";
import { Command } from "commander";
import { runNote } from "../../door/runNote.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import { addFlags, choice, flagValues, type FlagValues } from "../../flags/flag.ts";
import { shared } from "../../flags/shared.ts";
import { toHtml, type Page } from "../../report/page.ts";
import { facts, table } from "../../report/pieces/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { textTable } from "../../terminal/textTable.ts";
import { findRuns } from "./findRuns.ts";
import { damageLines, runColumns, runRow, runsVerdict, sorted, sortings } from "./runsText.ts";

const flags = {
  sort: choice("--sort <by>", "the order, the best or the latest first (default: map)", sortings, "map"),
  json: shared.json,
  out: shared.report,
};

/** `kindred runs <folder>`. @param args the command line */
export function runsCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("runs")
    .summary("compare the results of trainings in a folder")
    .description("Looks for results of kindred train in a folder and those below, and compares what they came to.")
    .argument("<folder>", "a folder with results in it");
  addFlags(command, flags);
  return command.action((folder: string) => compare(folder, flagValues(command, flags), terminal, args));
}

function compare(
  folder: string,
  { sort, json, out }: FlagValues<typeof flags>,
  terminal: Terminal,
  args: readonly string[],
): void {
  const page = claimFile(out, "--out", []);
  const found = findRuns(folder);
  const runs = sorted(found.runs, sort);
  const rows = runs.map(runRow);
  const verdict = runsVerdict(found);
  const left = damageLines(found);
  const damage = facts("Results that cannot be read", found.damaged.map(({ folder: name, why }) => [name, why])); // prettier-ignore
  const report: Page = {
    title: `kindred runs: ${resolve(folder)}`,
    verdict,
    sections: [
      { heading: "What they came to", content: [table("On rows that training never saw", runColumns, rows)] },
      ...(found.damaged.length === 0 ? [] : [{ heading: "Left out", content: [damage] }]),
    ],
    origin: { ...runNote(args), seed: null },
  };
  page?.write(toHtml(report));
  if (json) return terminal.print(JSON.stringify({ runs, damaged: found.damaged, closed: found.closed }, null, 2));
  if (runs.length > 0) terminal.say(`${textTable(runColumns, rows, terminal.width)}\n`);
  left.forEach((line) => terminal.say(line));
  terminal.say(verdict, "strong");
  if (out !== null) terminal.say(`Written to ${out}.`);
}
