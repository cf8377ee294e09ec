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
    const shortage = shortageOf(error);
    if (shortage !== null) throw new InputError(shortage);
    if (error instanceof TypeError || error instanceof RangeError) throw new InputError(error.message);
    throw error;
  }
}
