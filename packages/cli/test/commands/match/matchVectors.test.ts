import { Random, takeRows, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { matchBlocks, type MatchQuestion } from "../../../src/commands/match/matchVectors.ts";

const random = new Random(6);
const gallery: Matrix = { data: Float32Array.from({ length: 33 * 4 }, () => random.normal()), rows: 33, cols: 4 };
const queries = takeRows(gallery, [4, 4, 30, 0, 12, 7, 8]);

/** All blocks as one list. */
function gathered(question: MatchQuestion, blockRows: number): { rows: number[]; scores: number[] } {
  const blocks = [...matchBlocks(question, blockRows)];
  const starts = blocks.map(({ start }) => start);
  expect(starts).toEqual(starts.map((_, b) => b * blockRows));
  return {
    rows: blocks.flatMap(({ galleryRows }) => Array.from(galleryRows)),
    scores: blocks.flatMap(({ scores }) => Array.from(scores)),
  };
}

describe("matchBlocks", () => {
  it.each([
    ["other queries", queries],
    ["the gallery's own rows", null],
  ])("finds the same for %s in blocks of any size", (_, of) => {
    const question = { gallery, labels: null, queries: of, k: 3 };
    const whole = gathered(question, 100);
    for (const blockRows of [1, 5, 7, 32]) expect(gathered(question, blockRows)).toEqual(whole);
  });

  it("never gives a row of the gallery to itself, even among twins", () => {
    const twins = takeRows(gallery, [0, 0, 0, 0, 0, 1, 2]);
    const { rows } = gathered({ gallery: twins, labels: null, queries: null, k: 2 }, 3);
    rows.forEach((row, at) => expect(row).not.toBe(Math.floor(at / 2)));
    expect(rows.slice(0, 10).every((row) => row < 5)).toBe(true);
  });
});
