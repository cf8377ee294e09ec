// @module-tag long
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "../../support/scratch.ts";
import { seedIn, smallRun } from "../../support/smallRun.ts";

it("of many runs into one folder at once some are refused before their work, and what stays is one whole result", async () => {
  const { start } = smallRun(scratchFolder());
  const around = scratchFolder();
  const out = join(around, "o");
  for (let round = 0; round < 2; round++) {
    const ended = await Promise.all([1, 2, 3, 4].map((seed) => start(out, seed, { WORK_MS: "1000" })));
    const done = ended.filter(({ status }) => status === 0);
    expect(done.length).toBeGreaterThan(0);
    for (const { status, errors } of ended)
      if (status !== 0) expect(`${status}: ${errors}`).toMatch(/^2: InputError: .*another run/);
    expect(ended[seedIn(out)! - 1].status).toBe(0);
    expect(readdirSync(around)).toEqual(["o"]);
    expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "report.html"]);
  }
});
