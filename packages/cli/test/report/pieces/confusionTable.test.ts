import type { Confusion } from "kindred";
import { expect, it } from "vitest";
import { confusionTable } from "../../../src/report/pieces/confusionTable.ts";

const captions = { queries: ["one cat", "one dog"], references: ["a dog", "a cat"] };
const pair = (labels: [string, string], taken: [number, number]): Confusion<string> => ({
  labels,
  taken,
  queries: [10, 20],
  examples: [{ query: 0, reference: 0 }],
});

it("confused classes are shown with an example, beside how often they were confused before", () => {
  const after = { title: "embeddings", confusions: [pair(["cat", "dog"], [3, 1])] };
  const before = { title: "raw vectors", confusions: [pair(["dog", "cat"], [5, 4])] };
  const { html } = confusionTable(after, captions, before);
  const cells = [...html.matchAll(/<t[dh](?: [^>]*)?>(.*?)<\/t[dh]>/g)].map(([, cell]) =>
    cell.replace(/<[^>]+>/g, " | "),
  );
  expect(cells).toEqual([
    ...["classes, and an example", "raw vectors", "embeddings"],
    ...["cat and dog | one cat has a dog nearest | ", "9", "4 | 3\u00a0of\u00a010 and 1\u00a0of\u00a020 | "],
  ]);
  expect(confusionTable(after, captions, { title: "raw vectors", confusions: [] }).html).toContain("<td>0</td>");
});

it("of ten thousand confused pairs the most frequent are shown", () => {
  const confusions = Array.from({ length: 10_000 }, (_, c) => pair([`class ${c}`, "x".repeat(5000)], [2, 1]));
  const { html } = confusionTable({ title: "queries", confusions }, captions);
  expect(html.match(/<tr>/g)).toHaveLength(11);
  expect(html.length).toBeLessThan(10_000);
});
