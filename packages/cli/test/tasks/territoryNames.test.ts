import { describe, expect, it } from "vitest";
import { territoryNames } from "../../src/tasks/territoryNames.ts";

describe("the built-in task", () => {
  it("holds each Latin name of a territory once", { tags: ["long"] }, () => {
    const { vectors, labels, captions } = territoryNames();
    expect(vectors.rows).toBe(labels.length);
    expect(labels.length).toBeGreaterThan(10_000);
    expect(new Set(captions).size).toBe(captions!.length);
    const french = captions!.filter((caption) => caption.startsWith("Allemagne (DE;"));
    expect(french).toHaveLength(1);
  });
});
