import type { Remedy } from "kindred";

/** What a training is to keep of the question asked. */
export interface AskedSettings {
  readonly batchSize: number;
  readonly loss: string;
}

/**
 * The options of `kindred train` that follow a remedy; null when it takes more than options.
 *
 * @param asked settings to be named as well where the remedy leaves them; null: only the remedy's own
 */
export function flagsOf({ settings }: Remedy, asked: AskedSettings | null = null): string | null {
  if (settings === null) return null;
  const kept = asked === null ? {} : { loss: asked.loss, batchSize: asked.batchSize };
  return Object.entries({ ...kept, ...settings })
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`)
    .join(" ");
}
