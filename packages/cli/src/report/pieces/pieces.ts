import { escape, type Html } from "./html.ts";

/** A picture with its caption. */
export function figure(svg: string, caption: string): Html {
  return { html: `<figure>${svg}<figcaption>${escape(caption)}</figcaption></figure>` };
}

/** Text to be copied, as it is. */
export function code(text: string): Html {
  // a flag is not torn apart at its hyphens
  const whole = escape(text).replaceAll(/--[a-z]+(?:-[a-z]+)*/g, (flag) => `<span class="flag">${flag}</span>`);
  return { html: `<pre><code>${whole}</code></pre>` };
}

/** What to do, the best first. */
export interface Step {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** To be copied. */
  readonly code?: string | undefined;
}

/** Steps as a numbered list. */
export function steps(list: readonly Step[]): Html {
  const items = list.map(
    ({ title, text, code: copied }) =>
      `<li><h3>${escape(title)}</h3>${text.map((paragraph) => `<p>${escape(paragraph)}</p>`).join("")}` +
      `${copied === undefined ? "" : code(copied).html}</li>`,
  );
  return { html: `<ol class="steps">${items.join("\n")}</ol>` };
}

/** What can be opened by those who want it. */
export function more(summary: string, content: Html): Html {
  return { html: `<details><summary>${escape(summary)}</summary>${content.html}</details>` };
}
