import { expect, it } from "vitest";
import { trainingFlags, trainOptions, type TrainOptions } from "../../../../src/commands/train/options/trainOptions.ts";
import {
  differenceOf,
  identityIn,
  runIdentity,
  type RunIdentity,
} from "../../../../src/commands/train/runs/runIdentity.ts";
import type { DataSet } from "../../../../src/data/dataSet.ts";
import { fallbacks } from "../../../../src/flags/flag.ts";

const options = trainOptions(fallbacks(trainingFlags));
const data = (entries: number[], labels: string[], cols = 1) => ({
  name: "x",
  vectors: { data: Float32Array.from(entries), rows: entries.length / cols, cols },
  labels,
  captions: null,
});
const identity = (given: DataSet, asked: TrainOptions, learned = given): RunIdentity =>
  runIdentity(given, learned, asked);
const kept = identity(data([1, 2], ["a", "b"]), options);

it("a run is the same with the same data, whatever they are called, and the same options", () => {
  const again = identity(
    { ...data([1, 2], ["a", "b"]), name: "y", captions: ["1", "2"] },
    { ...options, search: false },
  );
  expect(differenceOf(kept, again)).toBeNull();
  expect(identityIn({ run: { ...kept } })).toEqual(kept);
  expect(kept.data).toMatch(/^[0-9a-f]{64}$/);
});

it.each([
  [
    "the data were 2 rows of 1 columns and are 3 rows of 1 columns",
    identity(data([1, 2, 3], ["a", "b", "c"]), options),
  ],
  [
    "the data are others, of the same size (2 rows of 1 columns), or parted otherwise",
    identity(data([1, -2], ["a", "b"]), options),
  ],
  [
    "the data are others, of the same size (2 rows of 1 columns), or parted otherwise",
    identity(data([1, 2], ["a", "c"]), options),
  ],
  ["the data were 2 rows of 1 columns and are 1 rows of 2 columns", identity(data([1, 2], ["a"], 2), options)],
  [
    "--lr was 0.001 and is 0.01; --steps was not given and is 5",
    identity(data([1, 2], ["a", "b"]), { ...options, learningRate: 0.01, steps: 5 }),
  ],
  [
    "the data are others, of the same size (2 rows of 1 columns), or parted otherwise",
    identity(data([1, 2], ["a", "b"]), options, data([1], ["a"])),
  ],
  ["kindred was 0.1.0 and is 9.9.9", { ...kept, kindred: "9.9.9" }],
])("what differs is said: %s", (words, now) => {
  const said = differenceOf(
    { ...kept, kindred: "0.1.0" },
    { ...now, kindred: now.kindred === "9.9.9" ? "9.9.9" : "0.1.0" },
  );
  expect(said!.split("; ").sort()).toEqual(words.split("; ").sort());
});

it("a state that says nothing of its run has no identity", () => {
  for (const run of [null, {}, { ...kept, data: 3 }, { ...kept, options: null }])
    expect(identityIn({ run: run })).toBeNull();
  expect(identityIn({})).toBeNull();
});
