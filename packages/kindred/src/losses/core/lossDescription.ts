import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { Takes } from "../../batch/takes.ts";
import type { Description } from "../../options/described.ts";
import type { OptionRecord, OptionsGiven } from "../../options/option.ts";
import type { ItemKind } from "../../reducers/reducer.ts";

/** What a loss learns from, which is the folder that it stands in. */
export type LossFamily = "pairs" | "triplets" | "classes" | "views" | "teachers" | "around";

/** What an example of a loss is built for. */
export interface ExampleShape {
  /** Columns of the embeddings. */
  readonly embeddingSize: number;
  /** How many classes there are; their labels are 0 .. numClasses - 1. */
  readonly numClasses: number;
}

/** All that is known about a loss without an instance of it: the command's list, docs, benches and tests are written from it. */
export interface LossDescription<R extends object = OptionRecord> extends Description {
  readonly kind: "loss";
  /** The class's name, as in PML. */
  readonly name: string;
  readonly family: LossFamily;
  /** One sentence: what the loss wants. */
  readonly summary: string;
  /** Who published it, where and when. */
  readonly paper: string;
  readonly takes: Takes;
  /** What a batch must hold so that the loss learns from it. */
  readonly needs: BatchNeeds;
  /** The sub-losses in their order, and what an item of each is; "number": it comes reduced. */
  readonly subLosses: Readonly<Record<string, ItemKind | "number">>;
  readonly options: R;
  /** What its constructor takes before the options: one loss, or several. Default: nothing, it is a loss by itself. */
  readonly wraps?: "loss" | "losses";
  /** Options that build an example: those that have no default. Default: none are needed. */
  readonly example?: (shape: ExampleShape) => OptionsGiven<R>;
}

/** Makes a static description of a loss, kept in all detail. */
export function describeLoss<R extends object, const D extends Omit<LossDescription<R>, "kind">>(
  description: D & { readonly options: R },
): D & { readonly kind: "loss" } {
  return { kind: "loss", ...description };
}
