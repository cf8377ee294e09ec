import { expect, it } from "vitest";
import { openCounter } from "../../src/terminal/counter.ts";
import { recordingTerminal } from "../support/scratch.ts";

it("counts what takes long in lines some seconds apart, and says nothing of what is soon done", () => {
  const { terminal, out: lines } = recordingTerminal();
  let now = 0;
  const counter = openCounter(terminal, "queries", 30_000, () => now);
  for (let second = 1; second <= 30; second++) {
    now = 1000 * second;
    counter.advance(1000 * second);
  }
  counter.close();
  expect(lines).toEqual(["  2,000 of 30,000 queries", "  12,000 of 30,000 queries", "  22,000 of 30,000 queries"]);
  const quick = openCounter(terminal, "queries", 10, () => now);
  quick.advance(10);
  quick.close();
  expect(lines).toHaveLength(3);
});
