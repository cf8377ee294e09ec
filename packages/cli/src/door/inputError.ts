import { shortageOf } from "./shortage.ts";

/** What the user gave cannot be used; the message says what was given, what is needed and what to do. Exit status 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Runs what checks its input at the door; its TypeErrors and RangeErrors are the user's to mend. */
export function atTheDoor<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asInputError(error);
  }
}

/** A TypeError or RangeError of a check, or a shortage of memory, as the user's to mend; any other error as it is. */
export function asInputError(error: unknown): unknown {
  const shortage = shortageOf(error);
  if (shortage !== null) return new InputError(shortage);
  return error instanceof TypeError || error instanceof RangeError ? new InputError(error.message) : error;
}
