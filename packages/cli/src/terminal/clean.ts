/**
 * What a terminal takes for a command or that turns the order of letters around: C0 but for tab and line feed, DEL, C1, the
 * separators of lines and paragraphs, and the overrides, embeddings and isolates of writing directions.
 */

const commands = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;
/** The same, and what ends a line or a cell. */

const commandsAndEnds = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Text that is safe to show: what a terminal would obey is written out, as JSON writes it (\u001b). Lines stay lines. */
export function clean(text: string): string {
  return text.replace(commands, writtenOut);
}

/** A word of the user's, a label or the name of a file, as it stands within a line: {@link clean}, and in one line. */
export function inLine(text: string): string {
  return text.replace(commandsAndEnds, writtenOut);
}

function writtenOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
