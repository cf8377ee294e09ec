import type { NumberBounds } from "../matrix/checks.ts";

/**
 * One option, written once: what it may be, its default and its check. Its text is the comment above it in the record, which
 * the editor shows wherever the option is given and which the docs and the command take from there.
 *
 * T is what the maker of the options ends up with, G what may be given.
 */
export interface Option<out T, out G = T> {
  /** What it is in words: "a number > 0", "true or false", `"warn", "throw" or "ignore"`. */
  readonly kind: string;
  /** The default; an option without one must be given. */
  readonly default: T | undefined;
  /** What is given, or the default. @throws TypeError, RangeError naming the option, what was given and what is needed */
  readonly read: (given: unknown, name: string, owner: string) => T;
  /** Of a number. */
  readonly bounds?: NumberBounds;
  /** Of a choice. */
  readonly values?: readonly unknown[];
  /** Never there: what may be given, for the compiler. */
  readonly given?: G;
}

/** An option without a default. */
export interface RequiredOption<out T, out G = T> extends Option<T, G> {
  readonly isRequired: true;
}

/** The options of a class, by name, as who goes through them sees them. */
export type OptionRecord = Readonly<Record<string, Option<unknown>>>;

/** What the options of a record have come to: every one there. */
export type OptionValues<R> = { readonly [K in keyof R]: R[K] extends Option<infer T, unknown> ? T : never };

type GivenValues<R> = { readonly [K in keyof R]: R[K] extends Option<unknown, infer G> ? G : never };

type RequiredNames<R> = { [K in keyof R]-?: R[K] extends { readonly isRequired: true } ? K : never }[keyof R];

/** What may be given for the options of a record: those without a default must be. */
export type OptionsGiven<R> = Partial<GivenValues<R>> & Pick<GivenValues<R>, RequiredNames<R>>;

/** The arguments of a constructor that takes the options of a record: none needed where all options have defaults. */
export type OptionArguments<R> = [RequiredNames<R>] extends [never]
  ? [options?: OptionsGiven<R>]
  : [options: OptionsGiven<R>];
