/** Where a command's words go. What the user's labels and file names hold reaches no screen as a command. */
export interface Terminal {
  /** Words for people on standard output, wrapped to the screen. Lines end where the text says so or the screen ends. */
  say(text: string, style?: "strong"): void;
  /** The result as data, csv or JSON, on standard output: as it is, unless somebody watches. */
  print(data: string): void;
  /** Why something cannot be done, on standard error. */
  complain(text: string): void;
  /** A line below all that is said, drawn anew as the work goes on; null where nobody watches. */
  openLine(): LiveLine | null;
  /** Columns that a line may have; Infinity where nobody watches. */
  readonly width: number;
}

/** The line at the bottom of a screen that changes. */
export interface LiveLine {
  /** Shows another text. @param draw makes it for so many columns */
  show(draw: (width: number) => string): void;
  /** Ends it; what it showed last stays as a line among the others. */
  keep(): void;
  /** Ends it, and nothing of it stays. */
  erase(): void;
}

/** A terminal where standard output is the result's alone: all words go to standard error. */
export function besideResult(terminal: Terminal): Terminal {
  return {
    say: (text) => terminal.complain(text),
    print: (data) => terminal.print(data),
    complain: (text) => terminal.complain(text),
    openLine: () => null,
    width: Infinity,
  };
}
