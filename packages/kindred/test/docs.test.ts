import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";
import type { Distance, LossDescription } from "../src/index.ts";
import { lossClasses, makeLoss } from "./support/describedLosses.ts";
import { filesOf } from "./support/exportedFiles.ts";
import { boundsOf, boundsTold, itemKind, needsInWords, settingsOf, words, written } from "./support/told.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pages = join(root, "docs/losses");
const here = fileURLToPath(new URL(".", import.meta.url));
const temporary: string[] = [];

afterAll(() => temporary.forEach((file) => rmSync(file, { force: true })));

describe("docs/losses", () => {
  const files = filesOf("losses");
  const losses = lossClasses.map((Class) => ({ Class, name: Class.name, file: files.get(Class.name)!.file }));

  it("has a page for each public loss, and no other", () => {
    const expected = losses.map(({ file }) => `${file}.md`).sort();
    const found = readdirSync(pages).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(found.sort()).toEqual(expected);
  });

  it("names each loss in the index", () => {
    const index = readFileSync(join(pages, "README.md"), "utf8");
    for (const { name, file } of losses) expect(index, name).toContain(`[${name}](${file}.md)`);
  });

  it("says of each loss in the index what its description says", () => {
    const rows = tableRows(readFileSync(join(pages, "README.md"), "utf8"));
    expect(rows.map(({ Loss }) => Loss)).toHaveLength(losses.length);
    for (const { Class, name, file } of losses) {
      const { family, wraps, subLosses, options } = Class.description;
      const row = rows.find(({ Loss }) => Loss === `[${name}](${file}.md)`)!;
      expect(row.Family, name).toBe(family);
      expect(row.Needs, name).toBe(needsInWords(Class.description));
      if (wraps !== undefined) continue;
      const kinds = new Set(Object.values<string>(subLosses));
      expect(new Set(row.Item.split("; ").map(itemKind)), name).toEqual(kinds);
      const told = row["Default distance"];
      if (options.distance === undefined) expect(told, name).toMatch(/^none/);
      else {
        const [distance, restriction] = told.split(" (");
        expect(distance, name).toBe(words(options.distance.default as Distance));
        if (options.distance.kind !== "a distance") expect(restriction, name).toBeDefined();
      }
    }
  });

  it("has no link that leads nowhere, nor do other pages", () => {
    const others = ["README.md", "CONTRIBUTING.md", "packages/kindred/README.md", "packages/cli/README.md"];
    for (const file of [...others.map((name) => join(root, name)), ...markdownFiles(join(root, "docs"))])
      for (const [, target] of readFileSync(file, "utf8").matchAll(/\]\(([^):#]+)\)/g))
        expect(existsSync(join(dirname(file), target)), `${relative(root, file)}: ${target}`).toBe(true);
  });

  describe.each(losses)("the page of $name", ({ Class, name, file }) => {
    const description: LossDescription = Class.description;
    const page = join(pages, `${file}.md`);
    const text = existsSync(page) ? readFileSync(page, "utf8") : "";

    it("has its headings in order, and text under each", () => {
      const found = headings(text);
      expect(found.map(([heading]) => heading).filter((heading) => heading !== "Parameters")).toEqual([
        "When to use it",
        "What its batch needs",
        "Equation",
        "Options",
        "Default distance and reducer",
        "Sub-losses and items",
        "The item loss",
        "Example",
        "Source",
      ]);
      for (const [heading, body] of found) expect(body.length, heading).toBeGreaterThan(10);
      expect(text.startsWith(`# ${name}\n\n`)).toBe(true);
    });

    it("names exactly its options", () => {
      const listed = optionRows(text).map(({ option }) => option);
      expect([...listed].sort()).toEqual(Object.keys(description.options).sort());
    });

    it("tells its options' defaults and bounds", () => {
      const told = optionRows(text).map(({ option, value }) => [option, value]);
      const expected = optionRows(text).map(({ option }) => [option, written(description.options[option])]);
      expect(told).toEqual(expected);
      for (const { option, meaning } of optionRows(text))
        expect(boundsTold(meaning), `${option}: ${meaning}`).toEqual(boundsOf(description.options[option]));
    });

    it("tells the settings of its default distance, and whether no other will do", () => {
      const row = optionRows(text).find(({ option }) => option === "distance");
      if (row === undefined) return;
      const { default: distance, kind } = description.options.distance;
      for (const [setting, value] of settingsOf(distance as Distance))
        expect(row.meaning).toContain(`by default with ${setting} ${String(value)}`);
      const isBound = kind === `a ${(distance as Distance).name}`;
      expect(/no other will do|p must be/.test(row.meaning)).toBe(isBound);
    });

    it("tells its default distance and reducer, and its sub-losses", () => {
      const { options, subLosses, wraps } = description;
      if (wraps !== undefined) return;
      const bodies = new Map(headings(text));
      const [distance, reducer] = [options.distance, options.reducer].map((option) => option && written(option));
      const parts = bodies.get("Default distance and reducer")!.replaceAll("\n", " ");
      expect(parts.startsWith(`Distance: ${distance === undefined ? "none" : `\`${distance}\``}. `)).toBe(true);
      expect(parts).toContain(`Reducer: \`${reducer}\``);
      const comesReduced = Object.values<string>(subLosses).every((kind) => kind === "number");
      expect(parts.includes("Without effect on the value: it comes reduced.")).toBe(comesReduced);
      const items = bodies.get("Sub-losses and items")!.replaceAll("\n", " ");
      if (comesReduced) expect(items).toMatch(/^One number for the batch\./);
      else for (const subLoss of Object.keys(subLosses)) expect(items).toContain(`\`${subLoss}\``);
    });

    it("has the section Parameters when it has parameters", () => {
      if (Object.keys(makeLoss(Class).parameters).length > 0) expect(text).toContain("\n## Parameters\n");
    });

    it("shows a picture that is there, and small", () => {
      const [, picture] = /!\[[^\]]+\]\((pictures\/[^)]+\.svg)\)/.exec(text) ?? [];
      expect(picture).toBe(`pictures/${file}.svg`);
      expect(statSync(join(pages, picture)).size).toBeLessThan(20_000);
    });
  });
});

describe("the TypeScript of the READMEs and docs", () => {
  const readmes = ["README.md", "packages/kindred/README.md", "packages/cli/README.md"].map((name) => join(root, name));
  const blocks = [...readmes, ...markdownFiles(join(root, "docs"))].flatMap(blocksOf);

  it.each(blocks)("runs and prints what it says: $name", { tags: ["long"] }, async ({ code, k }) => {
    const file = join(here, `docs-example-${process.pid}-${k}.generated.ts`);
    temporary.push(file);
    writeFileSync(file, code);
    const lines: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
      lines.push(values.map(String).join(" "));
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const assert = vi.spyOn(console, "assert").mockImplementation((holds: unknown) => {
      if (holds !== true) throw new Error("console.assert failed");
    });
    try {
      await import(/* @vite-ignore */ pathToFileURL(file).href);
    } finally {
      for (const spy of [log, warn, assert]) spy.mockRestore();
      rmSync(file, { force: true });
    }
    const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
    if (expected.length > 0) expect(lines).toEqual(expected);
  });

  it("type checks", { tags: ["long"] }, () => {
    const files = blocks.map(({ code, k }) => {
      const file = join(here, `docs-types-${process.pid}-${k}.generated.ts`);
      temporary.push(file);
      writeFileSync(file, code.includes("import ") ? code : `${code}\nexport {};\n`);
      return file;
    });
    const program = ts.createProgram(files, {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
      types: ["node"],
      paths: {
        kindred: [join(root, "packages/kindred/src/index.ts")],
        "kindred/tfjs": [join(root, "packages/kindred/src/engines/tfjs.ts")],
        "kindred/jax": [join(root, "packages/kindred/src/engines/jax.ts")],
        "kindred/usearch": [join(root, "packages/kindred/src/engines/usearch.ts")],
      },
    });
    const faults = files
      .map((file) => program.getSourceFile(file))
      .flatMap((source) => ts.getPreEmitDiagnostics(program, source))
      .map(({ messageText, file, start }) => {
        const line = file!.text.slice(0, start).split("\n").length;
        const name = blocks[files.indexOf(file!.fileName)]?.name;
        return `${name ?? file!.fileName}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
    files.forEach((file) => rmSync(file, { force: true }));
    expect(faults).toEqual([]);
  });
});

/** The sections of a page: heading and body. */
function headings(text: string): readonly (readonly [string, string])[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end).trim()] as const;
    });
}

interface OptionRow {
  readonly option: string;
  /** As JSON, or "required", or a class's name. */
  readonly value: string;
  readonly meaning: string;
}

function optionRows(text: string): readonly OptionRow[] {
  const [, body] = headings(text).find(([heading]) => heading === "Options")!;
  return [...body.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^\n]+) \|$/gm)].map(([, option, value, meaning]) => ({
    option,
    value: value.replaceAll("`", "").trim(),
    meaning,
  }));
}

/** The rows of the first table of a page whose head begins with "Loss", by the names of the columns. */
function tableRows(text: string): readonly Readonly<Record<string, string>>[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("| Loss |"));
  const cells = (line: string) => line.split("|").slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
  const names = cells(lines[start]);
  const end = lines.findIndex((line, k) => k > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) => Object.fromEntries(cells(line).map((cell, k) => [names[k], cell])));
}

function markdownFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();
}

interface Block {
  readonly name: string;
  readonly code: string;
  readonly k: number;
}

let blockCount = 0;

function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code], k) => ({
    name: `${relative(root, file)} (${k + 1})`,
    code,
    k: blockCount++,
  }));
}
