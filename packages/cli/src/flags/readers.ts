import { InvalidArgumentError } from "commander";

/** More of anything than this is a slip of the hand. */
const MOST = 2 ** 31 - 1;

/** Reads a flag's whole number. @param least the smallest that is allowed; @param most the largest */
export function integer(least: number, most = MOST): (text: string) => number {
  return (text) => {
    const value = numberIn(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} ${value > most ? `to ${most}` : "on"}.`);
  };
}

/** Reads where random numbers start. */
export const seedNumber = integer(0, Number.MAX_SAFE_INTEGER);

/** Reads a flag's number above 0, below `limit`. */
export function positive(limit = Infinity): (text: string) => number {
  return (text) => {
    const value = numberIn(text);
    if (value > 0 && value < limit) return value;
    const bounds = limit === Infinity ? "Give a finite number above 0." : `Give a number above 0 and below ${limit}.`;
    throw new InvalidArgumentError(bounds);
  };
}

/** Reads a flag's number from `least` to `most`. */
export function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = numberIn(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  };
}

const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, min: 60, h: 3600 };

/** Reads a time in seconds: "90", "90s", "1.5m", "2h". */
export function seconds(text: string): number {
  const [, amount, unit] = /^\s*([\d.]+)\s*(s|m|min|h|)\s*$/.exec(text) ?? [];
  const value = amount === undefined ? NaN : numberIn(amount) * units[unit];
  if (value > 0 && value <= MOST) return value;
  throw new InvalidArgumentError("Give a time above 0, such as 30s, 5m or 1h.");
}

/** Reads words separated by commas. */
export function list(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Reads whole numbers separated by commas, with nothing left out in between. @param most the largest */
export function integers(least: number, most = MOST): (text: string) => number[] {
  const one = integer(least, most);
  return (text) => {
    const words = text.split(",");
    if (words.every((word) => word.trim() !== "")) return words.map(one);
    throw new InvalidArgumentError(
      `Give whole numbers from ${least} on, separated by commas, with nothing empty in between.`,
    );
  };
}

/** Reads an object written as JSON. */
export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // answered below
  }
  throw new InvalidArgumentError(`Give an object as JSON, such as '{"temperature":0.1}'.`);
}

/** Reads a number, or null for what has no bound or no number. */
export function numberOrNull(text: string): number | null {
  const value = numberIn(text);
  if (text === "null") return null;
  if (!Number.isNaN(value)) return value;
  throw new InvalidArgumentError("Give a number.");
}

/** Takes the words as they are. */
export function text(words: string): string {
  return words;
}

/** The number that a text reads as; NaN for none, and for no text. */
function numberIn(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
