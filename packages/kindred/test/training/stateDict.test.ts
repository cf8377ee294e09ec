import { expect, test } from "vitest";
import { parted, prefixed } from "../../src/training/stateDict.ts";
import { randomMatrix } from "./fixtures.ts";

test("a prefix can be put before the names and taken away again, on copies", () => {
  const W = randomMatrix(2, 3, 1);
  const inner = { kind: "Adam", W, steps: 4 };
  const own = { W: randomMatrix(1, 1, 2) };
  const outer = { ...prefixed(inner, "optimizer."), ...own };
  expect(parted(outer, "optimizer.")).toEqual({ within: inner, others: own });
  W.data.fill(0);
  expect(parted(outer, "optimizer.").within).not.toEqual(inner);
});
