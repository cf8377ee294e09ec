import { InputError } from "./inputError.ts";

/** Half a gigabyte of float32. What a flag makes larger than that is a slip of the hand, and would end in a lack of memory. */
const MOST_ENTRIES = 2 ** 27;
const ENTRIES_PER_GB = 1e9 / 4;

/** What would be so large, in words, and what to do about it. */
interface Sized {
  readonly what: string;
  readonly remedy: string;
}

/** @throws InputError when a matrix would be larger than a command makes one; known before anything is allocated */
export function checkEntries(rows: number, cols: number, { what, remedy }: Sized): void {
  if (rows * cols <= MOST_ENTRIES) return;
  const size = `${count(rows)} x ${count(cols)} numbers, ${count(Math.ceil((rows * cols) / ENTRIES_PER_GB))} GB`;
  throw new InputError(`${what} would be ${size}, and 0.5 GB is the most; ${remedy}`);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
