// @module-tag long
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { clusteredCsv, put, runCommand, scratchFolder } from "./support/scratch.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const folder = scratchFolder();
const out = join(folder, "kindred-out");

const table = clusteredCsv(12, 24).replace("label", "kind");
const files: Readonly<Record<string, string>> = {
  "labels.csv": put(folder, "labels.csv", table),
  "vectors.csv": put(folder, "vectors.csv", table),
  "queries.csv": put(folder, "queries.csv", table),
};

/** The commands of the README's shell blocks, comments taken off. */
const commands = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line !== "");

describe("the README's commands", () => {
  it("are those of npm, and all of kindred's", () => {
    const told = commands.map((command) => command.split(" ").slice(0, 2).join(" "));
    expect(told.slice(0, 2)).toEqual(["npm start", "npm test"]);
    const kinds = commands
      .filter((command) => command.startsWith("npx kindred"))
      .map((command) => command.split(" ")[2]);
    expect(kinds.sort()).toEqual(["doctor", "evaluate", "match", "runs", "sensitivity", "train"]);
  });

  it.each(commands.filter((command) => command.startsWith("npm ")))("%s is a script", (command) => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(scripts).toHaveProperty(command.split(" ")[1]);
  });

  it.each(commands.filter((command) => command.startsWith("npx kindred ")))("%s does its work", async (command) => {
    const words = command.split(" ").slice(2);
    const args = words.map((word) => files[word] ?? word);
    const { status, errors } = await runCommand(...args, ...(words[0] === "train" ? ["--out", out] : []));
    expect({ status, errors: status === 0 ? "" : errors }).toEqual({ status: 0, errors: "" });
    if (words[0] === "train") expect(existsSync(join(out, "report.html"))).toBe(true);
  });
});
