import type { Labels } from "../matrix/labels.ts";
import type { Description } from "../options/described.ts";
import type { OptionRecord } from "../options/option.ts";
import type { BatchSampler } from "./batchSampler.ts";

/** What samples are drawn by; "embeddings": by what a model makes of them, again in each epoch. */
export type SamplerColumn = "labels" | "superLabels" | "embeddings";

/** All that is known about a sampler without an instance of it: the command's list, docs and tests are written from it. */
export interface SamplerDescription<R extends object = OptionRecord> extends Description {
  readonly kind: "sampler";
  /** The class's name. */
  readonly name: string;
  /** One sentence: what its batches are. */
  readonly summary: string;
  /** Who published it, where and when, or what it is modelled on; null: it is plain. */
  readonly source: string | null;
  /** The columns that it draws by; none: it need not know more than how many samples there are. */
  readonly takes: readonly SamplerColumn[];
  readonly options: R;
  /** Builds one over samples of these labels, whatever else it takes being made up; for some labels none can be built. */
  readonly example: (labels: Labels, seed?: number) => BatchSampler;
}

/** Makes a static description of a sampler, kept in all detail. */
export function describeSampler<R extends object, const D extends Omit<SamplerDescription<R>, "kind">>(
  description: D & { readonly options: R },
): D & { readonly kind: "sampler" } {
  return { kind: "sampler", ...description };
}
