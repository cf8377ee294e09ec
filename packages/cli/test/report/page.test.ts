import { expect, it } from "vitest";
import { code, table, toHtml } from "../../src/report/page.ts";

it("a report is one file that shows text as text", () => {
  const html = toHtml({
    title: "<b>&",
    verdict: 'a "verdict"',
    sections: [{ heading: "h", text: "t", content: [table(["a"], [["<i>"]]), code("x < y")] }],
  });
  expect(html).toContain("<title>&lt;b&gt;&amp;</title>");
  expect(html).toContain("<td>&lt;i&gt;</td>");
  expect(html).toContain("x &lt; y");
  expect(html).not.toContain("<script");
});
