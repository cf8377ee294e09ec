import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** Reads an amount of memory: 8GB, 512 MB, 1.5gb. */
export function memory(text: string): number {
  const [, amount, unit] = /^\s*([\d.]+)\s*([kmgt]?b)\s*$/i.exec(text) ?? [];
  const value = Number(amount) * units[unit?.toLowerCase() ?? ""];
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Give an amount such as 8GB or 512MB.");
}
