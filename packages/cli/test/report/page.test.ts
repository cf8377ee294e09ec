import { expect, it } from "vitest";
import { toHtml } from "../../src/report/page.ts";
import { code } from "../../src/report/pieces/pieces.ts";
import { table } from "../../src/report/pieces/table.ts";

const origin = {
  commandLine: "kindred train '<x>.csv'",
  version: "kindred-cli 0.1.0, Node 20.20.0",
  date: new Date(Date.UTC(2026, 10, 27, 9, 5, 59)),
  seed: 7,
};

it("a report is one file that shows text as text", () => {
  const html = toHtml({
    title: "<b>&",
    verdict: 'a "verdict"\u0000\u001b[31m',
    sections: [{ heading: "h", text: "t", content: [table("c", ["a"], [["<i>"]]), code("x < y")] }],
    origin,
  });
  expect(html).toContain("<title>&lt;b&gt;&amp;</title>");
  expect(html).toContain("&lt;i&gt;</th>");
  expect(html).toContain("x &lt; y");
  expect(html).not.toContain("<script");

  expect(html).not.toMatch(/[\u0000\u001b]/);
});

it("a report tells the command line, the version, the date and the seed", () => {
  const html = toHtml({ title: "t", verdict: "v", sections: [], origin });
  expect(html).toContain("kindred train '&lt;x&gt;.csv'");
  expect(html).toContain("kindred-cli 0.1.0, Node 20.20.0");
  expect(html).toContain("2026-11-27 09:05 UTC");
  expect(html).toMatch(/seed<\/th><td class="prose">7</);
  expect(toHtml({ title: "t", verdict: "v", sections: [], origin: { ...origin, seed: null } })).toContain(
    "nothing was random",
  );
});
