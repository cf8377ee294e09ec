import { checkNumber, describe, unknownName, withDefaults } from "../../matrix/checks.ts";
import type { NamedMatrices } from "./namedMatrices.ts";

/** Parameters that stay as they are, by their names, or all of them. */
export type FrozenNames = readonly string[] | "all";

/** What stays as it is, and how long. */
export interface Freeze {
  /** The model's weights that stay, by the names of its `parameters`; default none. */
  readonly model?: FrozenNames;
  /** The loss's parameters that stay, by the names of its `parameters`; default none. */
  readonly loss?: FrozenNames;
  /** How many steps of the training, from its beginning, >= 1. Default null: always. */
  readonly steps?: number | null;
}

/** Parameters that can be frozen; null: they have no names to freeze them by. */
interface Freezable {
  readonly model: NamedMatrices | null;
  readonly loss: NamedMatrices;
}

/**
 * A list of what is frozen, found right.
 *
 * @throws TypeError, RangeError when an option is unknown or out of bounds, or a name is not that of a parameter
 */
export function checkFreezes(given: Freeze | readonly Freeze[], parameters: Freezable): readonly Required<Freeze>[] {
  const freezes: readonly Freeze[] = Array.isArray(given) ? (given as readonly Freeze[]) : [given as Freeze];
  return freezes.map((each) => {
    const defaults: Required<Freeze> = { model: [], loss: [], steps: null };
    const freeze = withDefaults<Required<Freeze>>(each, defaults, "freeze");
    if (freeze.steps !== null) checkNumber(freeze.steps, "steps of freeze", { atLeast: 1, integer: true });
    checkFrozenNames(freeze.loss, parameters.loss, "loss");
    if (freeze.model.length > 0 && parameters.model === null)
      throw new TypeError(
        "freeze names weights of the model, and the model has no parameters and gradients; give it both (get and set), or leave its names out",
      );
    checkFrozenNames(freeze.model, parameters.model ?? {}, "model");
    return freeze;
  });
}

/** The slopes of what moves in a step. */
export function withoutFrozen(
  slopes: NamedMatrices,
  freezes: readonly Required<Freeze>[],
  owner: "model" | "loss",
  stepsDone: number,
): NamedMatrices {
  const frozen = freezes.filter(({ steps }) => steps === null || stepsDone < steps).map((freeze) => freeze[owner]);
  if (frozen.length === 0) return slopes;
  const isFrozen = (name: string): boolean => frozen.some((names) => names === "all" || names.includes(name));
  return Object.fromEntries(Object.entries(slopes).filter(([name]) => !isFrozen(name)));
}

function checkFrozenNames(given: unknown, parameters: NamedMatrices, owner: string): void {
  if (given === "all") return;
  if (!Array.isArray(given))
    throw new TypeError(`${owner} of freeze is ${describe(given)}; give an array of names, or "all"`);
  const strange: unknown = given.find((name) => typeof name !== "string" || !Object.hasOwn(parameters, name));
  if (strange === undefined) return;
  throw new RangeError(
    unknownName(
      `freeze: the ${owner} has no parameter`,
      typeof strange === "string" ? strange : describe(strange),
      Object.keys(parameters),
    ),
  );
}
