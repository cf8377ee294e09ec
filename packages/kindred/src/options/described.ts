/** What classes say of themselves has in common: of what kind they are, their name, what they can be told. */
export interface Description {
  readonly kind: "loss" | "miner" | "sampler";
  readonly name: string;
  readonly options: object;
}

/** A class that says what it is. */
export interface DescribedClass<D extends Description = Description> {
  readonly prototype: object;
  readonly description: D;
}

/**
 * The classes of a kind among the exports of a module, by name: a list of all losses that nobody has to keep.
 *
 *     import * as kindred from "kindred";
 *     const names = describedClasses(kindred, "loss").map(({ description }) => description.name);
 */
export function describedClasses<K extends Description["kind"]>(
  exports: object,
  kind: K,
): readonly DescribedClass<Description & { readonly kind: K }>[] {
  return Object.values(exports)
    .filter((value): value is DescribedClass<Description & { readonly kind: K }> => isDescribedAs(value, kind))
    .sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
}

function isDescribedAs(value: unknown, kind: string): boolean {
  if (typeof value !== "function" || !Object.hasOwn(value, "description")) return false;
  return (value as unknown as DescribedClass).description.kind === kind;
}
