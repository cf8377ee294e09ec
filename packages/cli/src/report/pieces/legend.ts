import { escape, type Html } from "./html.ts";

/** What a mark of a picture stands for. */
interface LegendItem {
  readonly mark: { readonly colour: string; readonly character: string };
  readonly text: string;
}

/** The marks of a picture and what they stand for. */
export function legend(items: readonly LegendItem[]): Html {
  const entries = items.map(
    ({ mark: { colour, character }, text }) =>
      `<li><span aria-hidden="true" style="color: ${colour}">${character}</span>${escape(text)}</li>`,
  );
  return { html: `<ul class="legend">${entries.join("")}</ul>` };
}
