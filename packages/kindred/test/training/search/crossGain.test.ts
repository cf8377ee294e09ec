import { expect, test } from "vitest";
import { identityMap } from "../../../src/evaluation/projection/linearMap.ts";
import { Random } from "../../../src/matrix/random.ts";
import { ProjectionHead } from "../../../src/training/heads/projectionHead.ts";
import { crossGain } from "../../../src/training/search/crossGain.ts";
import type { LabelledRows } from "../../../src/training/search/headTraining.ts";

const classes = 40;
const random = new Random(5);
const centres = Array.from({ length: classes }, () => [random.normal(), random.normal()]);
/** Two columns tell the classes apart, the third is noise. */
const rows: LabelledRows = (() => {
  const labels = Array.from({ length: 6 * classes }, (_, i) => i % classes);
  const data = labels.flatMap((c) => [...centres[c].map((x) => x + 0.1 * random.normal()), 5 * random.normal()]);
  return { inputs: { data: Float32Array.from(data), rows: labels.length, cols: 3 }, labels };
})();

const identity = identityMap(3);
const withoutNoise = { ...identity, weights: { data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0), rows: 3, cols: 3 } };

test("a recipe is trained on the classes that it is not judged by, and its gain is that of all classes", async () => {
  const seen: Set<unknown>[] = [];
  const gain = await crossGain(
    rows,
    (some) => {
      seen.push(new Set(some.labels));
      return Promise.resolve(new ProjectionHead({ map: withoutNoise }));
    },
    1,
  );
  expect(seen.map(({ size }) => size)).toEqual([30, 30, 30, 30]);
  for (let c = 0; c < classes; c++) expect(seen.filter((each) => each.has(c))).toHaveLength(3);
  expect(gain!.meanAveragePrecisionAtR.low).toBeGreaterThan(0.05);
  expect(gain!.score.low).toBeLessThan(gain!.score.value);
});

test("the vectors as they are gain nothing, and a head that diverged, too many rows or too few classes tell nothing", async () => {
  const same = await crossGain(rows, () => Promise.resolve(new ProjectionHead({ map: identity })), 1);
  expect(same!.score).toEqual({ value: 0, low: 0, high: 0 });
  expect(await crossGain(rows, () => Promise.resolve(null), 1)).toBeNull();
  const few = { inputs: rows.inputs, labels: rows.labels.map((label) => (label as number) % 7) };
  expect(await crossGain(few, () => Promise.resolve(new ProjectionHead({ map: identity })), 1)).toBeNull();
});
