import { describe, expect, it } from "vitest";
import { Screen, type ScreenStream } from "../../src/terminal/screen.ts";
import { Emulator } from "../support/emulator.ts";

/** A stream that remembers. */
class Stream implements ScreenStream {
  written = "";
  columns: number | undefined;
  readonly isTTY: boolean;
  #onResize: (() => void) | null = null;

  constructor(columns: number | null) {
    this.isTTY = columns !== null;
    this.columns = columns ?? undefined;
  }

  write(text: string): void {
    this.written += text;
  }

  on(_: "resize", listener: () => void): void {
    this.#onResize = listener;
  }

  off(): void {
    this.#onResize = null;
  }

  resize(columns: number): void {
    this.columns = columns;
    this.#onResize?.();
  }
}

/** A screen of which both streams are one terminal, or of which none is one. */
function screenOf(columns: number | null, environment: Record<string, string> = {}) {
  const stream = new Stream(columns);
  return { stream, screen: new Screen(stream, stream, environment) };
}

async function seen({ written }: Stream, columns: number): Promise<Emulator> {
  const emulator = new Emulator(columns, 10);
  await emulator.write(written.replaceAll("\n", "\r\n"));
  return emulator;
}

describe("a screen", () => {
  it("says sentences and complaints above the live line, which is drawn again below them", async () => {
    const { stream, screen } = screenOf(30);
    const line = screen.openLine()!;
    line.show(() => "a bar of twenty cells");
    screen.say("short");
    screen.complain("a complaint that does not fit into a line");
    const emulator = await seen(stream, 30);
    expect(emulator.lines).toEqual(["short", "a complaint that does not fit", "into a line", "a bar of twenty cells"]);
    expect(emulator.cursor).toEqual({ line: 3, column: 0 });
  });

  it("keeps the last text of a live line or nothing of it, and ends it with the program", async () => {
    const { stream, screen } = screenOf(30);
    const kept = screen.openLine()!;
    kept.show(() => "half");
    kept.show(() => "whole");
    kept.keep();
    const erased = screen.openLine()!;
    erased.show(() => "nothing");
    erased.erase();
    screen.openLine()!.show(() => "cut short");
    screen.close();
    screen.close();
    const emulator = await seen(stream, 30);
    expect(emulator.lines).toEqual(["whole"]);
    expect(emulator.cursor).toEqual({ line: 1, column: 0 });
  });

  it("draws the live line as wide as the terminal has become", async () => {
    const { stream, screen } = screenOf(30);
    const line = screen.openLine()!;
    line.show((width) => "x".repeat(width));
    stream.resize(12);
    expect(
      stream.written
        .split("\r")
        .filter((part) => part.includes("x"))
        .map((part) => part.replace(/[^x]/g, "").length),
    ).toEqual([29, 11]);
    line.erase();
    stream.resize(30);
    expect((await seen(stream, 30)).lines).toEqual([]);
  });

  it("says verdicts in bold where somebody watches, unless NO_COLOR or the terminal is against it", () => {
    const said = (columns: number | null, environment: Record<string, string>): string => {
      const { stream, screen } = screenOf(columns, environment);
      screen.say("good", "strong");
      return stream.written;
    };
    expect(said(80, {})).toBe("\x1b[1mgood\x1b[22m\n");
    expect(said(80, { NO_COLOR: "" })).toBe("\x1b[1mgood\x1b[22m\n");
    expect(said(80, { NO_COLOR: "1" })).toBe("good\n");
    expect(said(80, { TERM: "dumb" })).toBe("good\n");
    expect(said(null, {})).toBe("good\n");
  });

  it("has no live line where nobody watches or the terminal obeys nothing", () => {
    expect(screenOf(null).screen.openLine()).toBeNull();
    expect(screenOf(80, { TERM: "dumb" }).screen.openLine()).toBeNull();
  });

  it("breaks no lines where nobody watches, and takes 80 columns for a terminal that does not know its own", () => {
    const { stream, screen } = screenOf(null);
    screen.say("word ".repeat(50));
    expect(stream.written.split("\n")).toHaveLength(2);
    expect(screen.width).toBe(Infinity);
    expect(screenOf(0).screen.width).toBe(79);
  });

  it("shows commands to the terminal as text; data go into a pipe as they are", () => {
    const watched = screenOf(80);
    for (const write of ["say", "print", "complain"] as const) watched.screen[write]("\x1b[2J\u202e");
    expect(watched.stream.written).toBe("\\u001b[2J\\u202e\n".repeat(3));
    const piped = screenOf(null);
    piped.screen.say("\x1b[2J");
    piped.screen.print("\x1b[2J");
    expect(piped.stream.written).toBe("\\u001b[2J\n\x1b[2J\n");
  });
});
