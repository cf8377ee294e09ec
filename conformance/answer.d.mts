/** The answer to one line: what kindred computes for the case, or why it refuses. */
export function answer(line: string): {
  readonly id: string | null;
  readonly result?: unknown;
  readonly error?: string;
};
