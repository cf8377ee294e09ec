import { describe, expect, it } from "vitest";
import { answer } from "../../../conformance/answer.mjs";
import { differenceFromGolden, goldenCases, goldenFiles } from "./support/goldens.ts";

describe("the numbers are those of pytorch-metric-learning", () => {
  for (const file of goldenFiles().filter((name) => name !== "sensitivity")) {
    const cases = goldenCases(file);
    it(`${file}: ${cases.length} recorded cases`, () => {
      const differences = cases
        .filter((given) => given.quirk === undefined)
        .map((given) => [given.id, differenceFromGolden(given, answer(JSON.stringify(strip(given))))])
        .filter(([, why]) => why !== null);
      expect(differences).toEqual([]);
    });
  }
});

/** A case without its answer. */
function strip(given: object): object {
  const entries = Object.entries(given).filter(([key]) => !["expected", "note", "float32Error", "quirk"].includes(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === "steps" ? (value as object[]).map(strip) : (value as unknown)]),
  );
}
