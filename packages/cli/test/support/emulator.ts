import xterm from "@xterm/headless";

/** What a person sees in a terminal of so many columns and rows. */
export class Emulator {
  readonly #terminal: xterm.Terminal;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  }

  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** All lines so far, scrolled away or not, without those left empty at the end. */
  get lines(): string[] {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)!.translateToString(true));
    return lines.slice(0, 1 + lines.findLastIndex((line) => line !== ""));
  }

  /** The lines that began because the one before was too long. */
  get overlong(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: active.length }, (_, y) => active.getLine(y)!)
      .filter((line) => line.isWrapped)
      .map((line) => line.translateToString(true));
  }

  /** The line and the column where the cursor stands, from 0 on. */
  get cursor(): { line: number; column: number } {
    const { active } = this.#terminal.buffer;
    return { line: active.baseY + active.cursorY, column: active.cursorX };
  }

  /** All that is to be read as one text: where lines end does not matter, nor where a narrower window broke them. */
  get prose(): string {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, y) => active.getLine(y)!);
    const text = lines.map((line, y) => {
      const goesOn = lines[y + 1]?.isWrapped === true;
      return line.translateToString(!goesOn) + (goesOn ? "" : " ");
    });
    return text.join("").replace(/\s+/g, " ").trim();
  }
}
