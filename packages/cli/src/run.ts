import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { doctorCommand } from "./commands/doctor/doctor.ts";
import { evaluateCommand } from "./commands/evaluate/evaluate.ts";
import { matchCommand } from "./commands/match/match.ts";
import { sensitivityCommand } from "./commands/sensitivity/sensitivity.ts";
import { trainCommand } from "./commands/train/train.ts";
import { exitStatus } from "./door/exitStatus.ts";
import { InputError } from "./door/inputError.ts";
import { shortageOf } from "./door/shortage.ts";
import { processTerminal, type Terminal } from "./terminal/terminal.ts";

/**
 * Runs the command line.
 *
 * @param args without the program's name
 * @returns the exit status: 0 done, 3 when the doctor expects silent batches, 2 when the input cannot be used or memory is too short, 1 when the program itself failed
 */
export async function run(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const program = new Command("kindred")
    .description("Metric learning from the terminal: train, judge and use embeddings.")
    .version(version())
    .showHelpAfterError("(kindred --help, or kindred <command> --help, tells what there is)");
  let status: number = exitStatus.done;
  program.addCommand(trainCommand(terminal, args));
  program.addCommand(doctorCommand(terminal, args, (answer) => (status = answer)));
  program.addCommand(evaluateCommand(terminal));
  program.addCommand(matchCommand(terminal));
  program.addCommand(sensitivityCommand(terminal, args));
  const output = {
    writeOut: (text: string) => terminal.print(text.trimEnd()),
    writeErr: (text: string) => terminal.complain(text.trimEnd()),
  };
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(output);
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    return statusOf(error, terminal);
  }
}

function statusOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.badInput;
  if (error instanceof InputError || isFileError(error)) {
    terminal.complain(`kindred: ${error.message}`);
    return exitStatus.badInput;
  }
  const shortage = shortageOf(error);
  if (shortage !== null) {
    terminal.complain(`kindred: ${shortage}`);
    return exitStatus.badInput;
  }
  terminal.complain(`kindred failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exitStatus.failed;
}

/** No right to read or write, no space left and the like. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
