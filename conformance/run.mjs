import { spawnSync } from "node:child_process";
// Answers golden cases: one case a line (JSON) on standard input, one answer a line on standard output,
// {"id","result"} or {"id","error"}. The format of cases and answers is that of the golden files in
// packages/kindred/test/goldens.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
if (!existsSync(`${root}packages/kindred/dist/index.js`)) {
  spawnSync(process.execPath, ["scripts/ensure.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
const { answer } = await import("./answer.mjs");

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "") process.stdout.write(`${JSON.stringify(answer(line))}\n`);
}
