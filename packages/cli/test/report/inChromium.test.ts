// @module-tag long
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../support/chromium.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../support/scratch.ts";
import { measure, type Measures } from "./measures.ts";

const browserPath = chromiumPath();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = scratchFolder();

/** Axes with these labels count. */
const counting = ["classes", "queries", "step", "samples of a class", "batch size"];

const pages = ["search", "better", "worse", "evaluate", "long", "match", "doctor", "sensitivity", "runs"] as const;
/** A comparison of runs is told in tables. */
const withoutCharts: readonly string[] = ["runs"];
const pathOf = (page: (typeof pages)[number]): string =>
  join(folder, ["search", "better", "worse"].includes(page) ? `${page}/report.html` : `${page}.html`);

async function writePages(): Promise<void> {
  const csv = clusteredCsv(24, 10);
  const data = put(folder, "kinds.csv", csv);
  // names without a place to break, in other scripts, and with what HTML takes for its own
  const names = [
    "w".repeat(90),
    "مرحبا بالعالم",
    "<b>&amp;</b>",
    "学习度量 and quite a few words more than fit a line",
  ];
  const long = put(
    folder,
    `${"long-name-".repeat(12)}.csv`,
    csv.replaceAll(/kind (\d+)/g, (_, c: string) => `"${names[Number(c) % 4]} ${c}"`),
  );
  const labels = put(folder, "labels.txt", Array.from({ length: 400 }, (_, i) => (i * i) % 217).join("\n"));
  const runs = [
    ["train", data, "--out", join(folder, "search"), "--budget", "1s"],
    ["train", data, "--out", join(folder, "better"), "--epochs", "8", "--size", "3", "--lr", "0.03"],
    // one column cannot hold what six do
    ["train", data, "--out", join(folder, "worse"), "--steps", "3", "--size", "1", "--hidden", "2", "--lr", "0.5"],
    ["evaluate", data, "--verification", "--clusters", "--out", pathOf("evaluate")],
    ["evaluate", long, "--out", pathOf("long")],
    [
      "match",
      data,
      data,
      "--label",
      "label",
      "--calibrate",
      "--out",
      join(folder, "m.csv"),
      "--report",
      pathOf("match"),
    ],
    ["doctor", labels, "--batch-size", "10", "--out", pathOf("doctor")],
    ["sensitivity", "--trials", "3", "--out", pathOf("sensitivity")],
    ["runs", folder, "--out", pathOf("runs")],
  ];
  // results among which one is damaged, and lies deep, under names without a place to break
  const deep = join(folder, "d".repeat(60), "<i>مرحبا</i>".repeat(4).replaceAll("/", ""));
  mkdirSync(deep, { recursive: true });
  put(deep, "metrics.json", '{"format":"kindred-result"');
  for (const args of runs)
    expect((await runCommand(...args)).errors.replaceAll(/Threshold .*|.*have a match.*|Written.*/g, "").trim()).toBe(
      "",
    );
}

/** What a page must have, or it is not worth looking at. */
function checkPages(): void {
  const runs = readFileSync(pathOf("runs"), "utf8");
  for (const part of ["3 results", "Left out", "it was cut off"]) expect(runs).toContain(part);
  expect(readFileSync(pathOf("search"), "utf8")).toContain("The best score so far of");
}

describe.skipIf(browserPath === null)(
  browserPath === null
    ? "reports in Chromium: skipped, no Chromium is here (name one in CHROMIUM)"
    : "reports in Chromium",
  () => {
    let browser: Browser;
    beforeAll(async () => {
      await writePages();
      checkPages();
      browser = await chromium.launch({ executablePath: browserPath!, chromiumSandbox: false });
    });
    afterAll(() => browser?.close());

    describe.each([
      [1200, "light"],
      [1200, "dark"],
      [390, "light"],
      [390, "dark"],
    ] as const)("%d px wide, %s", (width, colorScheme) => {
      let context: BrowserContext;
      beforeAll(async () => {
        context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      });
      afterAll(() => context?.close());

      it.each(pages)("%s: nothing sticks out, is faint, small, nameless or stretched", async (name) => {
        const { page, told } = await open(context, pathOf(name));
        const found: Measures = await page.evaluate(measure);
        expect(found.pageWidth).toBeLessThanOrEqual(found.windowWidth);
        expect(found.sticksOut).toEqual([]);
        expect(found.unreachableFrames).toEqual([]);
        expect(found.charts.length > 0).toBe(!withoutCharts.includes(name));
        for (const { role, name: says, isReachable, letters } of found.charts) {
          expect(role).toBe("img");
          expect(says).toMatch(/^.{20,600}\.$/);
          expect(isReachable).toBe(true);
          expect(letters).toBeGreaterThanOrEqual(10.5);
        }
        expect(found.faintTexts).toEqual([]);
        expect(found.faintMarks).toEqual([]);
        expect(found.rowSlack).toBeLessThan(20);
        if (colorScheme === "dark") expect(found.paper).toBeLessThan(0.05);
        else expect(found.paper).toBeGreaterThan(0.9);
        const counts = found.axes.filter(({ label }) => counting.includes(label));
        for (const { label, ticks } of counts) for (const tick of ticks) expect(tick, label).toMatch(/^[\d,]+[KM]?$/);
        expect(counts.length > 0).toBe(!withoutCharts.includes(name));
        expect(found.scripts).toBe(0);
        expect(told).toEqual([`document ${pathToFileURL(pathOf(name)).href}`]);
        await page.close();
      });
    });

    // both widths and both lights: the other two pairs hold nothing that these don't
    describe.each([
      [1200, "dark"],
      [390, "light"],
    ] as const)("%d px wide, %s", (width, colorScheme) => {
      it.each(pages)("%s: breaks no rule of axe", async (name) => {
        const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
        const { page } = await open(context, pathOf(name));
        // what is folded away is read, too
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
        await page.evaluate(axe);
        const { violations } = await page.evaluate<AxeResult>(
          "axe.run(document, { resultTypes: ['violations'], reporter: 'v2' })",
        );
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
        const { pageWidth, windowWidth }: Measures = await page.evaluate(measure);
        expect(pageWidth).toBeLessThanOrEqual(windowWidth);
        await context.close();
      });
    });

    it("are walked through by the keyboard, chart by chart", async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
      const { page } = await open(context, pathOf("evaluate"));
      const reached: string[] = [];
      for (let k = 0; k < 40; k++) {
        await page.keyboard.press("Tab");
        reached.push(await page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"));
      }
      const names: string[] = await page.evaluate(
        "[...document.querySelectorAll('svg')].map((svg) => svg.getAttribute('aria-label'))",
      );
      expect(reached).toEqual(expect.arrayContaining(names));
      await context.close();
    });
  },
);

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** Opens a file; `told` gathers what is asked for and what the console says. */
async function open(context: BrowserContext, path: string): Promise<{ page: Page; told: string[] }> {
  const page = await context.newPage();
  const told: string[] = [];
  page.on("request", (request) => told.push(`${request.resourceType()} ${request.url()}`));
  page.on("console", (message) => told.push(`console ${message.text()}`));
  page.on("pageerror", (error) => told.push(`error ${error.message}`));
  await page.goto(pathToFileURL(path).href);
  return { page, told };
}
