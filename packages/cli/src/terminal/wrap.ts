import stringWidth from "string-width";

/** Words, with the blanks before them; a number and its %, and a flag and its value, are one. */
const words = /\s*(?:\S*--[\w-]+ (?!-))?\S+(?: %\S*)?/g;
const graphemes = new Intl.Segmenter();

/**
 * The lines of a text, broken between words where they are wider than `width` cells; what goes on stands below the line's
 * first word, or below the first word behind "3. ". A word that is wider than a line is broken within.
 */
export function wrap(text: string, width: number): string[] {
  const lines = text.replaceAll("\t", " ").split("\n");
  return lines.flatMap((line) => (stringWidth(line) <= width ? [line] : wrapLine(line, Math.max(1, width))));
}

function wrapLine(line: string, width: number): string[] {
  const indent = stringWidth(/^\s*(?:\d+\.\s+)?/.exec(line)![0]);
  // where there is hardly room for words, they begin at the left
  const hanging = " ".repeat(2 * indent <= width ? indent : 0);
  const lines: string[] = [];
  let current = "";
  for (const word of line.match(words) ?? []) {
    if (current !== "" && stringWidth(current + word) > width) {
      lines.push(current);
      current = hanging + word.trimStart();
    } else {
      current += word;
    }
    while (stringWidth(current) > width) {
      const head = start(current, width);
      lines.push(head);
      current = hanging + current.slice(head.length);
    }
  }
  return [...lines, current];
}

/** As many letters from the start of a text as `width` cells hold, but one at least. */
function start(text: string, width: number): string {
  let end = 0;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) {
    cells += stringWidth(segment);
    if (cells > width && end > 0) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** A text of at most `width` cells: where it is wider, its start and an ellipsis. */
export function shorten(text: string, width: number): string {
  // a long text is not taken apart as a whole
  return start(text, width) === text ? text : `${start(text, width - 1)}…`;
}
