import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canRead } from "../../../src/training/rows/rowReading.ts";
import type { RowShape } from "../../../src/training/rows/rows.ts";
import { lossClasses, makeLoss } from "../../support/describedLosses.ts";

// docs/rows.md says which loss reads which columns; that table is what the losses say themselves.

const none = { hasLabels: false, hasScores: false };
const kinds: Readonly<Record<string, Pick<RowShape, "kind" | "columns" | "hasLabels" | "hasScores">>> = {
  "inputs, labels": { ...none, kind: "inputs", columns: 1, hasLabels: true },
  inputs: { ...none, kind: "inputs", columns: 1 },
  "anchors, positives": { ...none, kind: "positives", columns: 2 },
  "anchors, positives, negatives": { ...none, kind: "positives", columns: 3 },
  "anchors, others, scores": { ...none, kind: "others", columns: 2, hasScores: true },
  "anchors, others, labels": { ...none, kind: "others", columns: 2, hasLabels: true },
  "anchors, others": { ...none, kind: "others", columns: 2 },
  views: { ...none, kind: "views", columns: 2 },
};

/** The columns that a loss reads, as the page says them. */
function readBy(Class: (typeof lossClasses)[number]): string {
  const { takes } = Class.description;
  const extras = {
    hasGuide: takes.guide === true,
    hasTeacher: takes.teacher === "embeddings",
    hasTeacherScores: takes.teacher === "scores",
  };
  const also = [extras.hasGuide && "guide", extras.hasTeacher && "teacher", extras.hasTeacherScores && "teacherScores"];
  const read = Object.keys(kinds).filter((kind) => canRead(makeLoss(Class), { ...kinds[kind], ...extras }));
  const words = also.filter((word) => word !== false);
  return `${read.join("; ")}${words.length > 0 ? `; always with ${words.join(" and ")}` : ""}`;
}

describe("docs/rows.md", () => {
  const page = readFileSync(new URL("../../../../../docs/rows.md", import.meta.url), "utf8");
  const rows = new Map(
    [...page.matchAll(/^\| \[(\w+)\]\(losses\/\w+\.md\) \| (.*?) \|$/gm)].map(([, name, read]) => [name, read]),
  );

  it("names every loss", () => {
    expect([...rows.keys()].sort()).toEqual(lossClasses.map(({ name }) => name).sort());
  });

  it.each(lossClasses.map((Class) => [Class.name, Class] as const))("says which columns %s reads", (name, Class) => {
    expect(rows.get(name)).toBe(readBy(Class));
  });
});
