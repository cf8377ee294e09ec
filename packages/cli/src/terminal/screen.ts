import { createColors } from "picocolors";
import { clean } from "./clean.ts";
import type { LiveLine, Terminal } from "./terminal.ts";
import { wrap } from "./wrap.ts";

/** What a screen needs of a stream of the process. */
export interface ScreenStream {
  write(text: string): unknown;
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  readonly columns?: number;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** Columns of a terminal that does not know how many it has. */
const USUAL_COLUMNS = 80;
/** A live line is not drawn more often. */
const FRAME_MS = 80;
/** To the start of the line; all from there on is erased. */
const ERASE = "\r\x1b[J";

/** What the live line shows; null: nothing yet. */
interface Live {
  draw: ((width: number) => string) | null;
  drawnAt: number;
}

/**
 * The terminal of a process. It alone writes there, so that a line that changes stays below what is said meanwhile: it is erased,
 * the words are written, and it is drawn again. The cursor waits at that line's start and is never hidden, so that nothing needs
 * to be put back, however the program ends.
 */
export class Screen implements Terminal {
  readonly #out: ScreenStream;
  readonly #errors: ScreenStream;
  readonly #isDumb: boolean;
  readonly #bold: (text: string) => string;
  readonly #redraw = (): void => this.#write(this.#out, "");
  #live: Live | null = null;

  /** @param environment of the process: NO_COLOR, and TERM=dumb for a terminal that obeys nothing */
  constructor(
    out: ScreenStream,
    errors: ScreenStream,
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    this.#out = out;
    this.#errors = errors;
    this.#isDumb = environment.TERM === "dumb";
    this.#bold = createColors(out.isTTY === true && !this.#isDumb && !environment.NO_COLOR).bold;
  }

  get width(): number {
    return widthOf(this.#out);
  }

  say(text: string, style?: "strong"): void {
    const lines = wrap(clean(text), this.width);
    this.#write(this.#out, `${(style === "strong" ? lines.map(this.#bold) : lines).join("\n")}\n`);
  }

  print(data: string): void {
    this.#write(this.#out, `${this.#out.isTTY ? clean(data) : data}\n`);
  }

  complain(text: string): void {
    this.#write(this.#errors, `${wrap(clean(text), widthOf(this.#errors)).join("\n")}\n`);
  }

  openLine(): LiveLine | null {
    if (!this.#out.isTTY || this.#isDumb) return null;
    this.close();
    const live: Live = { draw: null, drawnAt: -Infinity };
    this.#live = live;
    this.#out.on("resize", this.#redraw);
    return {
      show: (draw) => {
        live.draw = draw;
        if (this.#live === live && performance.now() - live.drawnAt >= FRAME_MS) this.#redraw();
      },
      keep: () => {
        if (this.#live !== live) return;
        this.close();
        if (live.draw !== null) this.say(live.draw(this.width));
      },
      erase: () => {
        if (this.#live === live) this.close();
      },
    };
  }

  /** Ends the live line, if there is one; nothing of it stays. */
  close(): void {
    if (this.#live === null) return;
    const isDrawn = this.#live.draw !== null;
    this.#live = null;
    this.#out.off("resize", this.#redraw);
    if (isDrawn) this.#out.write(ERASE);
  }

  /** Writes a text, the live line below it. */
  #write(stream: ScreenStream, text: string): void {
    const line = this.#drawn();
    if (line === "") return void (text === "" || stream.write(text));
    if (stream === this.#out) return void stream.write(text === "" ? line : `${ERASE}${text}${line}`);
    this.#out.write(ERASE);
    stream.write(text);
    this.#out.write(line);
  }

  /** The live line as it is written. What no longer fits into a terminal that has just become narrower is cut off by it. */
  #drawn(): string {
    const live = this.#live;
    if (live === null || live.draw === null) return "";
    live.drawnAt = performance.now();
    return `\r\x1b[?7l${clean(live.draw(this.width))}\x1b[J\x1b[?7h\r`;
  }
}

/** The terminal of this process; its last line is left whole when the process ends. */
export function processScreen(): Screen {
  const screen = new Screen(process.stdout, process.stderr);
  process.once("exit", () => screen.close());
  return screen;
}

/** The last column stays empty: some terminals begin a new line as soon as it is written to. */
function widthOf({ isTTY, columns }: ScreenStream): number {
  if (!isTTY) return Infinity;
  return Math.max(1, (columns || USUAL_COLUMNS) - 1);
}
