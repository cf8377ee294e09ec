/**
 * What a class says of itself in its static `description`, for the constructor that it is made by.
 *
 * @param made the class, `new.target`; @param noun of what kind it is
 * @throws TypeError when it says nothing
 */
export function descriptionOf<D extends object>(
  made: { readonly name: string; readonly description?: D },
  noun: "loss" | "miner" | "sampler" | "regularizer",
): D {
  if (made.description !== undefined) return made.description;
  const describer = `describe${noun[0].toUpperCase()}${noun.slice(1)}`;
  throw new TypeError(`${made.name} has no static description; say what the ${noun} is, as ${describer} does`);
}
