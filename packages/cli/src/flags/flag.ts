import { InvalidArgumentError, Option, type Command } from "commander";
import { nearest } from "../door/nearest.ts";

/** A flag of a command, and its value when it is not given. */
export interface Flag<T> {
  readonly option: Option;
  readonly fallback: T;
}

/** Flags by the names of their values. */
type Flags = Readonly<Record<string, Flag<unknown>>>;

/** The values of flags, by name. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/**
 * A flag with a value.
 *
 * @param usage as it is typed: "--batch-size <rows>"
 * @param help tells the default itself (in brackets), or it is added
 * @param read turns what was typed into the value
 * @param fallback the value when the flag is not given; null without one
 */
export function flag<T>(usage: string, help: string, read: (text: string) => T): Flag<T | null>;
export function flag<T>(usage: string, help: string, read: (text: string) => T, fallback: T): Flag<T>;
export function flag<T>(
  usage: string,
  help: string,
  read: (text: string) => T,
  fallback: T | null = null,
): Flag<T | null> {
  return tellingDefault({ option: new Option(usage, help).argParser(read), fallback });
}

/** A flag with one of some words, the fallback among them; null without one. */
export function choice<T extends string>(usage: string, help: string, words: readonly T[]): Flag<T | null>;
export function choice<T extends string>(usage: string, help: string, words: readonly T[], fallback: T): Flag<T>;
export function choice<T extends string>(
  usage: string,
  help: string,
  words: readonly T[],
  fallback: T | null = null,
): Flag<T | null> {
  const option = new Option(usage, help).choices(words).argParser((text: string) => oneOf(words, text));
  return tellingDefault({ option, fallback });
}

function oneOf<T extends string>(words: readonly T[], text: string): T {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  throw new InvalidArgumentError(`Allowed choices are ${words.join(", ")}${nearest(text, words) || "."}`);
}

/** The flag, refused beside others. @param conflicts names of flags that it may not be given with */
export function without<T>({ option, fallback }: Flag<T>, conflicts: string[]): Flag<T> {
  return { option: option.conflicts(conflicts), fallback };
}

/** A flag without a value: given or not. @param conflicts names of flags that it may not be given with */
export function toggle(usage: string, help: string, conflicts: string[] = []): Flag<boolean> {
  return { option: new Option(usage, help).conflicts(conflicts), fallback: false };
}

/** Commander shows the default behind the help, unless the help tells it or there is nothing to tell. */
function tellingDefault<T>({ option, fallback }: Flag<T>): Flag<T> {
  const isEmpty = typeof fallback === "object" && (fallback === null || Object.keys(fallback).length === 0);
  if (!isEmpty && !option.description.includes("(default: ")) option.default(fallback);
  return { option, fallback };
}

/** Gives a command these flags, in this order. */
export function addFlags(command: Command, flags: Flags): Command {
  for (const { option } of Object.values(flags)) command.addOption(option);
  return command;
}

/**
 * The values of the flags that a command was called with.
 *
 * @param suited what goes before the fallbacks, and behind what was given
 */
export function flagValues<F extends Flags>(
  command: Command,
  flags: F,
  suited: Partial<FlagValues<NoInfer<F>>> = {},
): FlagValues<F> {
  const given = ([name, { option }]: [string, Flag<unknown>]): [string, unknown][] =>
    command.getOptionValueSource(option.attributeName()) === "cli"
      ? [[name, command.getOptionValue(option.attributeName())]]
      : [];
  return { ...fallbacks(flags), ...suited, ...Object.fromEntries(Object.entries(flags).flatMap(given)) };
}

/** The values of flags of which none is given. */
export function fallbacks<F extends Flags>(flags: F): FlagValues<F> {
  return Object.fromEntries(Object.entries(flags).map(([name, { fallback }]) => [name, fallback])) as FlagValues<F>;
}
