import type { Remedy } from "kindred";

/** The options of `kindred train` that follow a remedy; null when it takes more than options. */
export function flagsOf({ settings }: Remedy): string | null {
  if (settings === null) return null;
  return Object.entries(settings)
    .map(([name, value]) => `--${name === "batchSize" ? "batch-size" : name} ${value}`)
    .join(" ");
}
