import { describe, expect, it } from "vitest";
import { changesOf, judge, queriesOf, readyToJudge } from "../../../../src/commands/train/judged/judge.ts";

const labels = Array.from({ length: 40 }, (_, i) => `kind ${i % 4}`);
const vectors = { data: Float32Array.from({ length: 80 }, (_, k) => Math.sin(k * k)), rows: 40, cols: 2 };
const data = { name: "x", vectors, labels, captions: null };

describe("judging", () => {
  it("asks about all rows, or as many as take seconds among so many references of so many columns", () => {
    const wide = (rows: number, cols: number) => ({ data: new Float32Array(0), rows, cols });
    expect(queriesOf(wide(500, 384), 500)).toBe(500);
    expect(queriesOf(wide(50_000, 16), 50_000)).toBe(10_000);
    expect(queriesOf(wide(10_332, 1024), 10_332)).toBe(3780);
    expect(queriesOf(wide(900_000, 1024), 900_000)).toBe(1000);
  });

  it("takes a fair choice of the rows where not all are asked about, and all rows as references", () => {
    expect(readyToJudge(data, 40, 1)).toBe(data);
    const mixed = readyToJudge(data, 10, 1);
    expect([...mixed.labels].sort()).toEqual([...labels].sort());
    expect(new Set(mixed.labels.slice(0, 10)).size).toBeGreaterThan(1);
    expect(judge(mixed, null, 10)).toMatchObject({ queries: 10, references: 40 });
  });

  it("looks for known classes among other rows, and compares query by query", () => {
    const found = judge(data, data, 40);
    expect(found.metrics.precisionAt1).toBe(1);
    const among = judge(data, null, 40);
    expect(among.metrics.precisionAt1).toBeLessThan(1);
    expect(changesOf(among, found).precisionAt1.value).toBeCloseTo(1 - among.metrics.precisionAt1, 9);
  });
});
