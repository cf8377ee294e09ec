import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { apart } from "../../../src/report/figures/apart.ts";

describe("texts on a picture", () => {
  it("stay where they are when none covers another", () => {
    const places = [
      { x: 0, y: 0, width: 20 },
      { x: 21, y: 0, width: 20 },
      { x: 0, y: 16, width: 20 },
    ];
    expect(apart(places, 15)).toEqual(places);
  });

  it("of one place come to stand below each other", () => {
    const [a, b] = apart(
      Array.from({ length: 2 }, () => ({ x: 5, y: 5, width: 20 })),
      14,
    );
    expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(13.5);
    expect([a.x, b.x, (a.y + b.y) / 2]).toEqual([5, 5, 5]);
  });

  it("do not cover each other, ten in a crowd", () => {
    const random = new Random(4);
    const crowd = Array.from({ length: 10 }, () => ({ x: 60 * random.uniform(), y: 30 * random.uniform(), width: 40 }));
    const moved = apart(crowd, 15);
    moved.forEach((one, i) =>
      moved.slice(0, i).forEach((other) => {
        const isBeside = Math.abs(one.x - other.x) >= 40;
        expect(isBeside || Math.abs(one.y - other.y) > 13).toBe(true);
      }),
    );
  });
});
