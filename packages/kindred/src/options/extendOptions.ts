/**
 * A record of options with more options. The type is an intersection and not a spread, so that the declarations of a package
 * name the record that is extended, and an editor finds the text above each option there.
 */
export function extendOptions<B extends object, O extends object>(base: B, own: O): B & O {
  return { ...base, ...own };
}
