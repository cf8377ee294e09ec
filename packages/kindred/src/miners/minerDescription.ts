import type { BatchNeeds } from "../batch/batchReport.ts";
import type { Description } from "../options/described.ts";
import type { OptionRecord, OptionsGiven } from "../options/option.ts";

/**
 * All that is known about a miner without an instance of it: the command's list, docs, benches and tests are written from
 * it.
 */
export interface MinerDescription<R extends object = OptionRecord> extends Description {
  readonly kind: "miner";
  /** The class's name, as in PML. */
  readonly name: string;
  /** One sentence: which tuples it keeps. */
  readonly summary: string;
  /** Who published it, where and when. */
  readonly paper: string;
  /** What `mine` gives. */
  readonly gives: "pairs" | "triplets";
  /** What a batch must hold so that anything is found in it; neither: pairs of either kind will do. */
  readonly needs: BatchNeeds;
  readonly options: R;
  /** What its statistics tell besides how many tuples it gave, as it is where nothing was found. Default: nothing. */
  readonly figures?: object;
  /** Options that build an example: those that have no default. Default: none are needed. */
  readonly example?: () => OptionsGiven<R>;
}

/** Makes a static description of a miner, kept in all detail. */
export function describeMiner<R extends object, const D extends Omit<MinerDescription<R>, "kind">>(
  description: D & { readonly options: R },
): D & { readonly kind: "miner" } {
  return { kind: "miner", ...description };
}
