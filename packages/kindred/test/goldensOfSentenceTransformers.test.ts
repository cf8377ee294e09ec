import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { answer } from "../../../conformance/answer.mjs";
import { differenceFromGolden, type GoldenCase } from "./support/goldens.ts";

const folder = fileURLToPath(new URL("goldens-st/", import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json.gz"));

describe("the numbers are those of sentence-transformers", () => {
  for (const file of files.sort()) {
    const text = gunzipSync(readFileSync(`${folder}${file}`)).toString("utf8");
    const { cases } = JSON.parse(text) as { cases: GoldenCase[] };
    it(`${file}: ${cases.length} recorded cases`, () => {
      const differences = cases
        .filter(({ quirk }) => quirk === undefined)
        .map((given) => [given.id, differenceFromGolden(given, answer(JSON.stringify({ ...given, expected: null })))])
        .filter(([, why]) => why !== null);
      expect(differences).toEqual([]);
    });
  }
});
