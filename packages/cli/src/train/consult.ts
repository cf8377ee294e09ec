import { advise, classCounts, type Advice, type Remedy } from "kindred";
import { atTheDoor } from "../inputError.ts";
import { makeSampler, makeTrainingLoss } from "./parts.ts";
import type { SizedOptions } from "./trainOptions.ts";

/** What the doctor said of a training, and what was done about it. */
export interface Consultation {
  readonly advice: Advice;
  /** The remedy that was followed, with what the doctor says then; null: none. */
  readonly followed: { readonly remedy: Remedy; readonly advice: Advice } | null;
  /** The options to train with. */
  readonly options: SizedOptions;
}

/** Asks the doctor before the first step, and with `auto` follows the first remedy that options can follow. */
export function consult(options: SizedOptions, labels: readonly string[]): Consultation {
  const advice = ask(options, labels);
  if (!options.auto || advice.status === "healthy") return { advice, followed: null, options };
  for (const remedy of advice.remedies) {
    const changed = withRemedy(options, remedy);
    if (changed === null) continue;
    return { advice, followed: { remedy, advice: ask(changed, labels) }, options: changed };
  }
  return { advice, followed: null, options };
}

function ask(options: SizedOptions, labels: readonly string[]): Advice {
  const loss = makeTrainingLoss(options, labels);
  const sampler = makeSampler(options, labels);
  const { sampler: name, batchSize, m, size, seed } = options;
  return atTheDoor(() =>
    advise(classCounts(labels), {
      loss,
      embeddingSize: size,
      seed,
      trials: 200,
      ...(name === "random" ? { sampler: "random", batchSize } : { sampler, m }),
    }),
  );
}

/** The options with the remedy's own flags; null when it has none. */
function withRemedy(options: SizedOptions, { settings }: Remedy): SizedOptions | null {
  return settings === null ? null : { ...options, ...settings };
}
