import type { Help } from "commander";
import { wrap } from "./wrap.ts";

/** Fewer columns than this beside the flags are too few to read in: the texts go below them. */
const FEWEST_BESIDE = 36;
const INDENT = 2;
const GAP = 2;
/** Of a text below its flag. */
const DEEP_INDENT = 6;

/** The item of a help's list: the text beside its flag where there is room for it, and else below. */
export function formatItem(term: string, termWidth: number, description: string, helper: Help): string {
  const columns = helper.helpWidth ?? 80;
  const beside = columns - INDENT - termWidth - GAP;
  const start = " ".repeat(INDENT) + term;
  if (description === "") return start;
  if (beside < FEWEST_BESIDE) return `${start}\n${indented(description, columns, DEEP_INDENT)}`;
  const text = indented(description, columns, INDENT + termWidth + GAP);
  return start.padEnd(INDENT + termWidth + GAP) + text.trimStart();
}

function indented(text: string, columns: number, indent: number): string {
  return wrap(text, columns - indent)
    .map((line) => " ".repeat(indent) + line)
    .join("\n");
}
