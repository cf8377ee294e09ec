import { expect, it, vi } from "vitest";
import { openSearchDisplay } from "../../../../src/commands/train/search/searchProgress.ts";
import type { LiveLine } from "../../../../src/terminal/terminal.ts";
import { recordingTerminal } from "../../../support/scratch.ts";

const at = (seconds: number, phase: "closed forms" | "contest") =>
  ({ phase, candidate: `head ${seconds}`, steps: 20 * seconds, seconds }) as const;

it("a search without a terminal tells of each phase and every ten seconds", () => {
  const { terminal, out } = recordingTerminal();
  const display = openSearchDisplay(terminal, 60);
  for (const second of [0, 1, 2]) display.show(at(second, "closed forms"));
  for (const second of [3, 4, 13, 14]) display.show(at(second, "contest"));
  display.end();
  expect(out).toEqual([
    "  0.0 s: trying head 0; 0 steps so far",
    "  3.0 s: training head 3; 60 steps so far",
    "  13.0 s: training head 13; 260 steps so far",
  ]);
});

it("a search in a terminal is a bar of the time, which moves while one head is trained, and nothing of it stays", () => {
  vi.useFakeTimers();
  let last = "";
  let isErased = false;
  const line: LiveLine = {
    show: (draw) => void (last = draw(100)),
    keep: () => {},
    erase: () => void (isErased = true),
  };
  const display = openSearchDisplay({ ...recordingTerminal().terminal, openLine: () => line }, 60);
  display.show(at(0, "contest"));
  expect(last).toMatch(/^ {2}░{24} 0 of 1 min 0 s \| training head 0 \| 0 steps$/);
  vi.advanceTimersByTime(30_000);
  expect(last).toMatch(/^ {2}█{12}░{12} 30 of 1 min 0 s \| training head 0/);
  display.end();
  expect(isErased).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it("a search that nobody is told of tells nobody", () => {
  expect(() => openSearchDisplay(null, null).show(at(1, "contest"))).not.toThrow();
});
