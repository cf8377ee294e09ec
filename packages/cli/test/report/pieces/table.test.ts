import { describe, expect, it } from "vitest";
import { facts, table } from "../../../src/report/pieces/table.ts";

describe("a table of a page", () => {
  it("has a caption, and headings for columns and rows", () => {
    const { html } = table("What <is> so", ["name", "value"], [["a & b", { text: "1.0", note: "0.5 to 1.5" }]]);
    expect(html).toContain("<caption>What &lt;is&gt; so</caption>");
    expect(html).toContain('<th scope="col">name</th>');
    expect(html).toContain('<th scope="row">a &amp; b</th>');
    expect(html).toContain('1.0<span class="note">0.5 to 1.5</span>');
  });

  it("is reached by the keyboard where it may be wider than a phone", () => {
    const columns = ["a", "b", "c", "d", "e"];
    expect(table("wide", columns, []).html).toContain('tabindex="0" role="region" aria-label="wide"');
    expect(table("narrow", columns.slice(2), []).html).not.toContain("tabindex");
  });

  it("of facts has no headings of columns", () => {
    expect(facts("f", [["seed", "0"]]).html).toBe(
      '<div class="table"><table><caption>f</caption><tbody><tr><th scope="row">seed</th><td class="prose">0</td></tr></tbody></table></div>',
    );
  });
});
