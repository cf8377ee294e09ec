import { escape, type Html } from "./pieces/html.ts";
import { code } from "./pieces/pieces.ts";
import { facts } from "./pieces/table.ts";
import { style } from "./style.ts";

/** A report: one self-contained file, without scripts, readable in light and dark, on a phone and on paper. */
export interface Page {
  readonly title: string;
  /** What has come out, in a sentence or two. */
  readonly verdict: string;
  /** More of it, in figures. */
  readonly detail?: string;
  /** Whether that is what one hoped for; null: there was nothing to hope. */
  readonly isGood?: boolean | null;
  readonly sections: readonly Section[];
  readonly origin: Origin;
}

export interface Section {
  readonly heading: string;
  /** What is to be seen, and how to read it. */
  readonly text?: string;
  readonly content: readonly Html[];
}

/** What it takes to make a report again. */
export interface Origin {
  /** As it was typed. */
  readonly commandLine: string;
  /** Of this program and of what runs it. */
  readonly version: string;
  readonly date: Date;
  /** null: nothing was random. */
  readonly seed: number | null;
}

/** A page as one HTML file. */
export function toHtml({ title, verdict, detail, isGood = null, sections, origin }: Page): string {
  const tone = isGood === null ? "" : isGood ? " good" : " bad";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<div class="verdict${tone}"><p>${escape(verdict)}</p>${detail === undefined ? "" : `<p class="detail">${escape(detail)}</p>`}</div>
${[...sections, originSection(origin)].map(sectionHtml).join("\n")}
</main>
</body>
</html>
`;
}

function sectionHtml({ heading, text, content }: Section): string {
  return (
    `<section><h2>${escape(heading)}</h2>${text === undefined ? "" : `<p>${escape(text)}</p>`}` +
    `<div class="content">${content.map(({ html }) => html).join("\n")}</div></section>`
  );
}

function originSection({ commandLine, version, date, seed }: Origin): Section {
  return {
    heading: "How this page was made",
    content: [
      code(commandLine),
      facts("What it takes to make it again", [
        ["version", version],
        ["date", `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`],
        ["seed", seed === null ? "none: nothing was random" : String(seed)],
      ]),
    ],
  };
}
