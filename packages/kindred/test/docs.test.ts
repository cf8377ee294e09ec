import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as kindred from "kindred";
import ts from "typescript";
import { afterAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pages = join(root, "docs/losses");
const here = fileURLToPath(new URL(".", import.meta.url));
const temporary: string[] = [];

afterAll(() => temporary.forEach((file) => rmSync(file, { force: true })));

describe("docs/losses", () => {
  const losses = publicLosses();

  it("has a page for each public loss, and no other", () => {
    const expected = [...losses.values()].map((file) => `${file}.md`).sort();
    const found = readdirSync(pages).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(found.sort()).toEqual(expected);
  });

  it("names each loss in the index", () => {
    const index = readFileSync(join(pages, "README.md"), "utf8");
    for (const [name, file] of losses) expect(index, name).toContain(`[${name}](${file}.md)`);
  });

  it("has no link that leads nowhere, nor do other pages", () => {
    const others = ["README.md", "CONTRIBUTING.md", "packages/kindred/README.md", "packages/cli/README.md"];
    for (const file of [...others.map((name) => join(root, name)), ...markdownFiles(join(root, "docs"))])
      for (const [, target] of readFileSync(file, "utf8").matchAll(/\]\(([^):#]+)\)/g))
        expect(existsSync(join(dirname(file), target)), `${relative(root, file)}: ${target}`).toBe(true);
  });

  describe.each([...losses])("the page of %s", (name, file) => {
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
      expect([...listed].sort()).toEqual([...knownOptions(name)].sort());
    });

    it("tells its options' defaults", () => {
      const loss = instanceOf(name);
      const rows = optionRows(text);
      const isRequired = (option: string): boolean =>
        rows.some((row) => row.option === option && row.value === "required");
      for (const { option, value } of rows) {
        const held: unknown = Reflect.get(loss, option);
        if (option === "distance" || option === "reducer") {
          if (value !== "none") expect((held as object).constructor.name, option).toBe(value);
        } else if (isScalar(held) && value !== "null" && !isRequired(option)) {
          const isInRadians = option === "margin" && text.includes("`margin` | `28.6`");
          const told: unknown = JSON.parse(value);
          if (isInRadians) expect(held, option).toBeCloseTo(((told as number) * Math.PI) / 180);
          else expect(held, option).toBe(told);
        }
      }
    });

    it("has the section Parameters when it has parameters", () => {
      if (Object.keys(instanceOf(name).parameters ?? {}).length > 0) expect(text).toContain("\n## Parameters\n");
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

/** The loss classes that index.ts exports, bases aside, with the names of their files. */
function publicLosses(): ReadonlyMap<string, string> {
  const index = readFileSync(join(root, "packages/kindred/src/index.ts"), "utf8");
  const losses = new Map<string, string>();
  for (const [, isTypes, names, file] of index.matchAll(
    /export (type )?\{([^}]*)\} from "\.\/losses\/([\w/]+)\.ts";/g,
  )) {
    if (isTypes !== undefined) continue;
    const source = readFileSync(join(root, `packages/kindred/src/losses/${file}.ts`), "utf8");
    for (const name of names.split(",").map((part) => part.trim())) {
      if (/^\w+$/.test(name) && source.includes(`export class ${name} `)) losses.set(name, file);
    }
  }
  return losses;
}

type Anything = Record<string, unknown>;
type LossClass = new (...args: unknown[]) => Anything & { readonly parameters?: Anything };

/** What a loss is made with when its maker says nothing. */
function leastArguments(name: string): readonly [first: unknown[], options: Anything] {
  const wraps: Record<string, unknown> = {
    CrossBatchMemory: new kindred.ContrastiveLoss(),
    MatryoshkaLoss: new kindred.ContrastiveLoss(),
    MultipleLosses: [new kindred.ContrastiveLoss()],
    SelfSupervisedLoss: new kindred.ContrastiveLoss(),
  };
  const required: Record<string, Anything> = {
    CrossBatchMemory: { embeddingSize: 4 },
    GenericPairLoss: { positive: (d: number) => d },
    ManifoldLoss: { l: 4 },
    MatryoshkaLoss: { sizes: [4, 2] },
    RankedListLoss: { margin: 0.4, Tn: 10 },
  };
  const prototype = (classOf(name) as unknown as { prototype: object }).prototype;
  const hasClasses = prototype instanceof kindred.ClassificationLoss;
  const options = required[name] ?? (hasClasses ? { numClasses: 3, embeddingSize: 4 } : {});
  return [name in wraps ? [wraps[name]] : [], options];
}

function classOf(name: string): LossClass {
  return (kindred as unknown as Record<string, LossClass>)[name];
}

function instanceOf(name: string): Anything & { readonly parameters?: Anything } {
  const [first, options] = leastArguments(name);
  return new (classOf(name))(...first, options);
}

/** The options that the loss's own error names when it is given one that no loss has. */
function knownOptions(name: string): readonly string[] {
  const [first, options] = leastArguments(name);
  const strange = "?".repeat(60);
  try {
    new (classOf(name))(...first, { ...options, [strange]: 1 });
  } catch (error) {
    const [, known] = /; known: (.*)$/.exec((error as Error).message) ?? [];
    if (known !== undefined) return known.split(", ");
    throw error;
  }
  throw new Error(`${name} took an option that nobody knows`);
}

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
}

function optionRows(text: string): readonly OptionRow[] {
  const [, body] = headings(text).find(([heading]) => heading === "Options")!;
  return [...body.matchAll(/^\| `(\w+)` \| ([^|]+) \| [^\n]+ \|$/gm)].map(([, option, value]) => ({
    option,
    value: value.replaceAll("`", "").trim(),
  }));
}

function isScalar(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean" || typeof value === "string";
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
