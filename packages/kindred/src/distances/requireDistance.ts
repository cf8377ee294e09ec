import type { Distance, DistanceOptions } from "./distance.ts";

/** A class of distances. */
export type DistanceClass<D extends Distance = Distance> = (abstract new (...args: never[]) => D) & {
  readonly name: string;
};

/**
 * Refuses a loss or regularizer made with a distance that its formula has no meaning for.
 *
 * @param settings what the distance must have been made with besides
 * @throws TypeError when the distance is of another class; RangeError when it has other settings
 */
export function requireDistance(
  owner: { readonly name: string; readonly distance: Distance },
  needed: DistanceClass,
  settings: Partial<DistanceOptions> = {},
): void {
  const { distance } = owner;
  const { name: given } = distance;
  if (!(distance instanceof needed))
    throw new TypeError(`${owner.name} works on ${needed.name} alone, given ${given}; leave the distance out`);
  for (const [name, value] of Object.entries(settings)) {
    const setting = distance[name as keyof DistanceOptions];
    if (setting !== value)
      throw new RangeError(
        `${owner.name} needs a ${needed.name} with ${name} ${value}, given ${setting}; leave ${name} out`,
      );
  }
}
