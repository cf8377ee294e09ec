import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";

/** Options of a log. */
export interface LogOptions<T> {
  /** Takes what is to be written, in this order; the training waits for a promise. */
  readonly write: (part: T) => void | Promise<void>;
  /** Every how many steps a step is logged, >= 1; default 1. Epochs and evaluations are logged always. */
  readonly every?: number;
}

/** @throws TypeError or RangeError when an option is unknown, missing or out of bounds */
export function checkLogOptions<T>(options: LogOptions<T>, owner: string): Required<LogOptions<T>> {
  const defaults = { write: undefined as never, every: 1 };
  const given = withDefaults<Required<LogOptions<T>>>(options, defaults, owner);
  if (typeof given.write !== "function")
    throw new TypeError(
      `${owner}'s write is ${describe(given.write)}; give a function that takes what is to be written`,
    );
  checkNumber(given.every, "every", { atLeast: 1, integer: true });
  return given;
}
