/** A piece of HTML, as opposed to text that must be escaped. */
export interface Html {
  readonly html: string;
}

/** A report: one self-contained file, without scripts, readable in light and dark. */
export interface Page {
  readonly title: string;
  /** What has come out, in a sentence. */
  readonly verdict: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  /** What is to be seen, and how to read it. */
  readonly text?: string;
  readonly content: readonly Html[];
}

/** A page as one HTML file. */
export function toHtml({ title, verdict, sections }: Page): string {
  const body = sections.map(
    ({ heading, text, content }) =>
      `<section><h2>${escape(heading)}</h2>${text === undefined ? "" : `<p>${escape(text)}</p>`}` +
      `<div class="content">${content.map(({ html }) => html).join("\n")}</div></section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p class="verdict">${escape(verdict)}</p>
${body.join("\n")}
</main>
</body>
</html>
`;
}

/** A table; columns after the first are aligned as numbers, unless one of their cells holds words. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): Html {
  const areProse = columns.map((_, k) => rows.some((row) => isProse(row[k])));
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell, k) => `<${tag}${areProse[k] ? ' class="prose"' : ""}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  return {
    html: `<table><thead>${cells(columns, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("")}</tbody></table>`,
  };
}

/** Whether a cell holds words and not a figure. */
function isProse(cell: string): boolean {
  return /[a-z]{3,} \w+ \w/i.test(cell);
}

/** A picture with its caption. */
export function figure(svg: string, caption: string): Html {
  return { html: `<figure>${svg}<figcaption>${escape(caption)}</figcaption></figure>` };
}

/** Text to be copied, as it is. */
export function code(text: string): Html {
  return { html: `<pre><code>${escape(text)}</code></pre>` };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light; --ink: #1d2733; --soft: #5b6775; --line: #d9dfe6; --paper: #ffffff; --accent: #2f6fb2; }
body { margin: 0; background: #f4f6f8; color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; background: var(--paper); }
h1 { font-size: 1.7rem; margin: 0 0 8px; }
h2 { font-size: 1.2rem; margin: 40px 0 4px; }
p { margin: 4px 0 12px; color: var(--soft); max-width: 75ch; }
.verdict { font-size: 1.1rem; color: var(--ink); border-left: 4px solid var(--accent); padding: 4px 12px; }
.content { display: flex; flex-wrap: wrap; gap: 24px; }
figure { margin: 0; }
figcaption { color: var(--soft); font-size: .9rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child, .prose { text-align: left; }
.prose { white-space: normal; }
th { color: var(--soft); font-weight: 600; }
pre { background: #f4f6f8; padding: 12px 16px; white-space: pre-wrap; margin: 0; width: 100%; box-sizing: border-box; }
svg text { font-family: system-ui, sans-serif; }
`;
