import type { OptionRecord, OptionsGiven } from "../options/option.ts";

/** All that is known about a regularizer without an instance of it. */
export interface RegularizerDescription<R extends object = OptionRecord> {
  /** The class's name, as in PML. */
  readonly name: string;
  /** One sentence: what it keeps rows from, or to. */
  readonly summary: string;
  /** Who published it, where and when; null: it is plain. */
  readonly paper: string | null;
  readonly options: R;
  /** Options that build an example: those that have no default. Default: none are needed. */
  readonly example?: () => OptionsGiven<R>;
}

/** Checks, for the compiler, that a description is one, and keeps what it says in detail. */
export function describeRegularizer<R extends object, const D extends RegularizerDescription<R>>(
  description: D & { readonly options: R },
): D {
  return description;
}
