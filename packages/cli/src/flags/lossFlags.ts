import type { Command } from "commander";
import { lossDescription, lossNames, USUAL_LOSS } from "../parts/losses.ts";
import { optionTexts } from "../parts/optionTexts.generated.ts";
import { choice, flag, type Flag } from "./flag.ts";
import { numberOrNull } from "./readers.ts";

/** Options of a loss by name. */
type LossOptions = Readonly<Record<string, unknown>>;

/** Options that the command gives every loss itself, or that belong to one that it does not give. */
const ofTheCommand = new Set(["whenSilent", "numClasses", "embeddingSize", "embeddingRegWeight", "weightRegWeight"]);

/**
 * Gives a command a flag for each option of the loss that the command line names, such as `--loss-margin 0.2`: numbers, true
 * or false, and words. A name that is no loss's has none; who makes the loss refuses it.
 *
 * @param args the command line
 * @returns what the loss was told: by --loss-options, and above that by its flags
 */
export function addLossFlags(command: Command, args: readonly string[]): (lossOptions: LossOptions) => LossOptions {
  const name = lossIn(args) ?? USUAL_LOSS;
  const flags = lossNames().includes(name) ? lossFlags(name) : {};
  for (const { option } of Object.values(flags)) command.addOption(option.helpGroup(`Options of ${name}:`));
  const isGiven = (flag: Flag<unknown>): boolean => command.getOptionValueSource(flag.option.attributeName()) === "cli";
  return (lossOptions) => ({
    ...lossOptions,
    ...Object.fromEntries(
      Object.entries(flags)
        .filter(([, flag]) => isGiven(flag))
        .map(([option, flag]) => [option, fromWord(command.getOptionValue(flag.option.attributeName()))]),
    ),
  });
}

/** A flag for each option of a loss, by the option's name; its help is the option's own text. */
function lossFlags(name: string): Readonly<Record<string, Flag<unknown>>> {
  const options = Object.entries(lossDescription(name).options).filter(([option]) => !ofTheCommand.has(option));
  return Object.fromEntries(
    options.flatMap(([option, { kind, bounds, values }]): [string, Flag<unknown>][] => {
      const usage = `--loss-${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const help = optionTexts[name]?.[option] ?? kind;
      if (bounds !== undefined) return [[option, flag(`${usage} <number>`, help, numberOrNull)]];
      if (values !== undefined) return [[option, choice(`${usage} <word>`, help, values.map(String))]];
      return [];
    }),
  );
}

/** The loss that a command line names. */
function lossIn(args: readonly string[]): string | undefined {
  const place = args.findIndex((arg) => arg === "--loss" || arg.startsWith("--loss="));
  if (place < 0) return undefined;
  return args[place].startsWith("--loss=") ? args[place].slice("--loss=".length) : args[place + 1];
}

function fromWord(value: unknown): unknown {
  return value === "true" ? true : value === "false" ? false : value;
}
