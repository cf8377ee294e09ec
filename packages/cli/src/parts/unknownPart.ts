import { InputError } from "../door/inputError.ts";
import { nearest } from "../door/nearest.ts";
import { shorten } from "../terminal/wrap.ts";

/** Of a name in a sentence. */
const MOST_CELLS = 60;

/** The refusal of a loss or miner that there is not, with the one that was meant, or else with all there are. */
export function unknownPart(kind: "loss" | "miner", name: string, known: readonly string[]): InputError {
  const hint = nearest(name, known) || `; there are ${known.join(", ")}`;
  return new InputError(`there is no ${kind} ${JSON.stringify(shorten(name, MOST_CELLS))}${hint}`);
}
