import { advise, classCounts, type Advice, type Remedy } from "kindred";
import { atTheDoor } from "../../door/inputError.ts";
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

/**
 * Asks the doctor before the first step, and with `auto` follows the first remedy that options can follow.
 *
 * @param columns of the vectors to train on
 */
export function consult(options: SizedOptions, labels: readonly string[], columns: number): Consultation {
  const advice = ask(options, labels, columns);
  if (!options.auto || advice.status === "healthy") return { advice, followed: null, options };
  for (const remedy of advice.remedies) {
    const changed = withRemedy(options, remedy);
    if (changed === null) continue;
    return { advice, followed: { remedy, advice: ask(changed, labels, columns) }, options: changed };
  }
  return { advice, followed: null, options };
}

function ask(options: SizedOptions, labels: readonly string[], columns: number): Advice {
  const loss = makeTrainingLoss(options, labels);
  const sampler = makeSampler(options, labels);
  const { sampler: name, batchSize, m, size, hidden, seed, memoryBudget } = options;
  // what each layer is given, and its slope
  const bytesPerSample = 2 * 4 * hidden.reduce((sum, width) => sum + width, columns);
  return atTheDoor(() =>
    advise(classCounts(labels), {
      loss,
      embeddingSize: size,
      memoryBudget: memoryBudget ?? Infinity,
      bytesPerSample,
      seed,
      trials: 200,
      ...(name === "random" ? { sampler: "random", batchSize } : { sampler, m }),
    }),
  );
}

/**
 * The options with the remedy's own; null when it has none. Another loss leaves behind what belongs to the one before, and a
 * batch the memory that does not hold it.
 */
function withRemedy(options: SizedOptions, { settings }: Remedy): SizedOptions | null {
  if (settings === null) return null;
  const isOther = settings.loss !== undefined;
  const isLarger = settings.batchSize !== undefined && settings.batchSize > (options.memorySize ?? Infinity);
  return {
    ...options,
    ...(isOther && { lossOptions: {} }),
    ...((isOther || isLarger) && { memorySize: null }),
    ...settings,
  };
}
