import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "kindred";
import { afterAll } from "vitest";
import { run } from "../../src/run.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";

/** A folder of its own for a test file, gone afterwards. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kindred-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a text file into a folder and gives its path. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A terminal that nobody watches, and what was said there. */
export function recordingTerminal(width = Infinity): { terminal: Terminal; out: string[]; errors: string[] } {
  const out: string[] = [];
  const errors: string[] = [];
  const say = (text: string): void => void out.push(text);
  const complain = (text: string): void => void errors.push(text);
  return { terminal: { say, print: say, complain, openLine: () => null, width }, out, errors };
}

/** Runs a command line and gathers what it says. */
export async function runCommand(...args: string[]): Promise<{ status: number; out: string; errors: string }> {
  const { terminal, out, errors } = recordingTerminal();
  const status = await run(args, terminal);
  return { status, out: out.join("\n"), errors: errors.join("\n") };
}

/** A csv text of classes around centres: columns x0 .., label. Noise hides the class in most columns. */
export function clusteredCsv(classes: number, perClass: number, columns = 6): string {
  const random = new Random(5);
  const lines = [[...Array.from({ length: columns }, (_, k) => `x${k}`), "label"].join(",")];
  for (let c = 0; c < classes; c++) {
    const centre = [random.normal(), random.normal(), random.normal()].map((x) => 2 * x);
    for (let i = 0; i < perClass; i++) {
      const row = Array.from({ length: columns }, (_, k) =>
        k < 3 ? centre[k] + 0.3 * random.normal() : 3 * random.normal(),
      );
      lines.push([...row.map((x) => x.toFixed(4)), `kind ${c}`].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}
