import { InvalidArgumentError } from "commander";

/** Reads a flag's whole number. @param least the smallest that is allowed */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} on.`);
  };
}

/** Reads a flag's number above 0, below `limit`. */
export function positive(limit = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && value < limit) return value;
    throw new InvalidArgumentError(`Give a number above 0${limit === Infinity ? "" : ` and below ${limit}`}.`);
  };
}

/** Reads a flag's number from `least` to `most`. */
export function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  };
}

/** Reads words separated by commas. */
export function list(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Reads whole numbers separated by commas. */
export function integers(least: number): (text: string) => number[] {
  const one = integer(least);
  return (text) => {
    const numbers = list(text).map(one);
    if (numbers.length > 0) return numbers;
    throw new InvalidArgumentError(`Give whole numbers from ${least} on, separated by commas.`);
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
  const value = Number(text);
  if (text === "null") return null;
  if (text.trim() !== "" && !Number.isNaN(value)) return value;
  throw new InvalidArgumentError("Give a number.");
}

/** Takes the words as they are. */
export function text(words: string): string {
  return words;
}
