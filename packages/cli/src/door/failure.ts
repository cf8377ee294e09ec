import { inLine } from "../terminal/clean.ts";
import { exitStatus } from "./exitStatus.ts";
import { InputError } from "./inputError.ts";
import { Interrupted } from "./interrupt.ts";
import { shortageOf } from "./shortage.ts";

/** How a command that cannot go on ends: a sentence, and the exit status. */
interface Failure {
  readonly sentence: string;
  readonly status: number;
}

/** @param tracing whether to tell where in the program it came to that, for who mends the program */
export function failureOf(error: unknown, tracing: boolean): Failure {
  if (error instanceof InputError || isFileError(error))
    return { sentence: `kindred: ${inLine(error.message)}`, status: exitStatus.badInput };
  if (error instanceof Interrupted) return { sentence: `kindred: ${error.message}`, status: error.status };
  const shortage = shortageOf(error);
  if (shortage !== null) return { sentence: `kindred: ${shortage}`, status: exitStatus.badInput };
  const isError = error instanceof Error;
  if (tracing && isError) return { sentence: `kindred failed: ${error.stack}`, status: exitStatus.failed };
  const message = isError ? error.message : String(error);
  return {
    sentence: `kindred failed: ${inLine(message)} (a fault of the program; with KINDRED_TRACE=1 it tells where)`,
    status: exitStatus.failed,
  };
}

/** No right to read or write, no space left and the like. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}
