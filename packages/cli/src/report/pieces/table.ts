import { escape, type Html } from "./html.ts";

/** What stands in a cell: a text, or one with a smaller text below it. */
export type Cell = string | { readonly text: string; readonly note: string };

/** A column by its name: of numbers, or of words, which are aligned to the left and may take several lines. */
type Column = string | { readonly words: string };

/** More columns than this do not fit a phone: the table is moved within its own frame. */
const MOST_ON_A_PHONE = 4;

/**
 * A table whose first column names the rows.
 *
 * @param caption what the table shows; stands above it
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Html {
  const className = columns.map((column) => (typeof column === "string" ? "" : ' class="prose"'));
  const head = columns.map(
    (column, k) => `<th scope="col"${className[k]}>${escape(typeof column === "string" ? column : column.words)}</th>`,
  );
  const body = rows.map((row) =>
    row
      .map((cell, k) =>
        k === 0 ? `<th scope="row">${content(cell)}</th>` : `<td${className[k]}>${content(cell)}</td>`,
      )
      .join(""),
  );
  return framed(
    caption,
    columns.length,
    `<thead><tr>${head.join("")}</tr></thead><tbody>${body.map((row) => `<tr>${row}</tr>`).join("")}</tbody>`,
  );
}

/** What is so, a line each: its name and what it is. */
export function facts(caption: string, rows: readonly (readonly [name: string, value: string])[]): Html {
  const body = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td class="prose">${escape(value)}</td></tr>`,
  );
  return framed(caption, 2, `<tbody>${body.join("")}</tbody>`);
}

function framed(caption: string, columns: number, inner: string): Html {
  // a frame that moves must be reached by the keyboard
  const reach = columns > MOST_ON_A_PHONE ? ` tabindex="0" role="region" aria-label="${escape(caption)}"` : "";
  return {
    html: `<div class="table"${reach}><table><caption>${escape(caption)}</caption>${inner}</table></div>`,
  };
}

function content(cell: Cell): string {
  return typeof cell === "string" ? escape(cell) : `${escape(cell.text)}<span class="note">${escape(cell.note)}</span>`;
}
