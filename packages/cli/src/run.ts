import { Command, CommanderError, type OutputConfiguration } from "commander";
import { doctorCommand } from "./commands/doctor/doctor.ts";
import { evaluateCommand } from "./commands/evaluate/evaluate.ts";
import { matchCommand } from "./commands/match/match.ts";
import { runsCommand } from "./commands/runs/runs.ts";
import { sensitivityCommand } from "./commands/sensitivity/sensitivity.ts";
import { trainCommand } from "./commands/train/train.ts";
import { exitStatus } from "./door/exitStatus.ts";
import { failureOf } from "./door/failure.ts";
import { version } from "./door/runNote.ts";
import { inLine } from "./terminal/clean.ts";
import { formatItem } from "./terminal/helpLayout.ts";
import { processScreen } from "./terminal/screen.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** Columns of a help that goes into a file or a pipe. */
const HELP_COLUMNS = 80;

/**
 * Runs the command line.
 *
 * @param args without the program's name
 * @returns the exit status: 0 done, 3 when the doctor expects silent batches, 2 when the input cannot be used or memory is too short, 1 when the program itself failed,
 * 128 and the signal's number when a signal ended it before there was anything to keep
 */
export async function run(args: readonly string[], terminal: Terminal = processScreen()): Promise<number> {
  const program = new Command("kindred")
    .description("Metric learning from the terminal: train, judge and use embeddings.")
    .version(version())
    .showHelpAfterError("(kindred --help, or kindred <command> --help, tells what there is)");
  let status: number = exitStatus.done;
  program.addCommand(trainCommand(terminal, args));
  program.addCommand(doctorCommand(terminal, args, (answer) => (status = answer)));
  program.addCommand(evaluateCommand(terminal, args));
  program.addCommand(matchCommand(terminal, args));
  program.addCommand(sensitivityCommand(terminal, args));
  program.addCommand(runsCommand(terminal, args));
  for (const command of [program, ...program.commands])
    command.exitOverride().configureHelp({ formatItem }).configureOutput(outputTo(terminal));
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.badInput;
    const failure = failureOf(error, Boolean(process.env.KINDRED_TRACE));
    terminal.complain(failure.sentence);
    return failure.status;
  }
}

function outputTo(terminal: Terminal): OutputConfiguration {
  const helpWidth = (): number => (Number.isFinite(terminal.width) ? terminal.width : HELP_COLUMNS);
  return {
    writeOut: (text) => terminal.say(text.trimEnd()),
    writeErr: (text) => terminal.complain(text.trimEnd()),
    outputError: (text, write) => write(inOurWords(text)),
    getOutHelpWidth: helpWidth,
    getErrHelpWidth: helpWidth,
  };
}

/** What commander says of a wrong command line, in one line and as the command says all else. */
function inOurWords(text: string): string {
  const sentence = text.trim().replace(/^error: /, "kindred: ");
  return inLine(sentence.replace(/\n\(Did you mean (.*?)\?\)$/s, "; did you mean $1?"));
}
