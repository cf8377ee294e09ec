import { describe } from "../matrix/checks.ts";
import { object } from "../options/kinds.ts";
import type { Option } from "../options/option.ts";
import { Distance, type DistanceOptions } from "./distance.ts";
import { requireDistance, type DistanceClass } from "./requireDistance.ts";

/** Which distances a formula has a meaning for. */
export interface NeededDistance<D extends Distance> {
  /** The class that it must be of. */
  readonly only: DistanceClass<D>;
  /** What it must have been made with besides. */
  readonly settings?: Partial<DistanceOptions>;
}

/** The option that says how embeddings are compared. @param usual the default; @param needed default: any distance */
export function distanceOption<D extends Distance = Distance>(
  usual: D,
  needed?: NeededDistance<D>,
): Option<D, D | null> {
  const kind = needed === undefined ? "a distance" : `a ${needed.only.name}`;
  return object(kind, usual, (given, name, owner) => {
    if (!(given instanceof Distance))
      throw new TypeError(`${name} is ${describe(given)}; give a distance such as new CosineSimilarity()`);
    if (needed !== undefined) requireDistance({ name: owner, distance: given }, needed.only, needed.settings);
    return given as D;
  });
}
