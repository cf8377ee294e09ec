import type { LossDescription } from "kindred";
import { InputError } from "../door/inputError.ts";

/** Options that the command knows itself, and how. */
const known: Readonly<Record<string, string>> = {
  numClasses: "how many classes there are follows from the labels",
  classes: "the classes follow from the labels",
  embeddingSize: "the width of the embeddings is another flag's",
  whenSilent: "the command tells itself of batches that teach nothing",
};

/** Of bins, centers and powers: more of them cost memory and time without end, and tell nothing more. */
const MOST = 100_000;

/**
 * Refuses what --loss-options cannot say: what the command knows itself, and distances, reducers and the like, which are no
 * JSON. The rest is the loss's own to check.
 *
 * @throws InputError
 */
export function checkLossOptions({ name, options }: LossDescription, given: Readonly<Record<string, unknown>>): void {
  for (const [option, value] of Object.entries(given)) {
    if (!Object.hasOwn(options, option)) continue;
    if (Object.hasOwn(known, option))
      throw new InputError(`--loss-options gives ${option}, but ${known[option]}; leave it out`);
    const { kind, bounds } = options[option];
    if (bounds?.integer === true && typeof value === "number" && value > MOST && option !== "sampledClasses")
      throw new InputError(`${option} of ${name} is ${value}; give at most ${MOST}`);
    if (value !== null && isMade(options[option]))
      throw new InputError(
        `--loss-options cannot give ${option}: ${name} takes ${kind} there, which is no JSON; ` +
          `leave it out, or train with the library kindred in a program of your own`,
      );
    if (/\blist\b/.test(kind) && typeof value === "object" && value !== null && !Array.isArray(value))
      throw new InputError(`--loss-options gives ${option} as an object; give a list, such as [1, 2]`);
  }
}

/** Whether an option takes no number, word or list, but something made in a program. */
function isMade({ kind, bounds, values, default: usual }: LossDescription["options"][string]): boolean {
  return bounds === undefined && values === undefined && typeof usual === "object" && !/\blist\b/.test(kind);
}
