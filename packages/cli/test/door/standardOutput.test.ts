// @module-tag long
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { hasPseudoTerminals } from "../support/pseudoTerminal.ts";
import { clusteredCsv, put, scratchFolder } from "../support/scratch.ts";

const bin = fileURLToPath(new URL("../../bin/kindred.js", import.meta.url));
const folder = scratchFolder();
const table = put(folder, "kinds.csv", clusteredCsv(4, 6));

describe.skipIf(!existsSync("/dev/full"))("standard output on a full disk", () => {
  it.each([[["evaluate", table]], [["match", table, table]], [["train", "--help"]]])(
    "is told of on standard error: %j",
    (args) => {
      const full = openSync("/dev/full", "w");
      const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { stdio: ["ignore", full, "pipe"] });
      closeSync(full);
      expect(status).toBe(1);
      expect(String(stderr)).toMatch(/kindred: standard output cannot be written, .*: ENOSPC: no space left on device/);
      expect(String(stderr)).not.toMatch(/\n\s+at /);
    },
  );

  it("is no reason to fail where only standard error is full", () => {
    const full = openSync("/dev/full", "w");
    const { status, stdout } = spawnSync(process.execPath, [bin, "match", table, table], {
      stdio: ["ignore", "pipe", full],
    });
    closeSync(full);
    expect(status).toBe(0);
    expect(String(stdout).split("\n").length).toBeGreaterThan(24);
  });
});

describe.skipIf(process.platform === "win32")("a reader that closes the pipe", () => {
  it("ends a command that prints, without a word and with status 0", async () => {
    expect(await closing(["sensitivity", "--trials", "5"])).toEqual({ status: 0, errors: "" });
  });

  it("does not end a training, whose result is a folder", async () => {
    const out = join(folder, "out");
    expect(await closing(["train", table, "--steps", "5", "--out", out])).toEqual({ status: 0, errors: "" });
    expect(readdirSync(out)).toContain("report.html");
  });
});

describe.skipIf(!hasPseudoTerminals)("a terminal that is closed", () => {
  it("ends a training in order: what was reached is kept", async () => {
    const out = join(folder, "hung-up");
    const command = `exec '${process.execPath}' '${bin}' train '${table}' --steps 100000 --out '${out}'`;
    const terminal = spawn("script", ["-qefc", command, "/dev/null"], { env: { ...process.env, SHELL: "/bin/sh" } });
    await new Promise<void>((begun) =>
      terminal.stdout.on("data", (part) => void (/\d+\/100/.test(String(part)) && begun())),
    );
    terminal.kill("SIGKILL");
    const isWritten = (): void => {
      expect(existsSync(join(out, "report.html"))).toBe(true);
      expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    };
    await vi.waitFor(isWritten, { timeout: 30_000, interval: 50 });
  });
});

/** Runs the command with a standard output that is closed before anything is written. */
function closing(args: readonly string[]): Promise<{ status: number | null; errors: string }> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  return new Promise((resolve) => child.once("close", (status) => resolve({ status, errors })));
}
