import { advise, classCounts, type Advice, type Remedy } from "kindred";
import { atTheDoor } from "../../../door/inputError.ts";
import { askedAbout } from "../../../parts/samplers.ts";
import type { SizedOptions } from "../options/trainOptions.ts";
import { buildParts, type TrainingParts } from "./buildParts.ts";

/** What the doctor said of a training, and what was done about it. */
export interface Consultation {
  readonly advice: Advice;
  /** The remedy that was followed, with what the doctor says then; null: none. */
  readonly followed: { readonly remedy: Remedy; readonly advice: Advice } | null;
  /** The options to train with. */
  readonly options: SizedOptions;
  /** The parts to train with. */
  readonly parts: TrainingParts;
}

/** The rows to train on, as the doctor sees them. */
interface Patient {
  readonly labels: readonly string[];
  /** Of the vectors. */
  readonly columns: number;
}

/**
 * Asks the doctor before the first step, and with `auto` follows the first remedy that options can follow.
 *
 * @param parts built from the options; others take their place where a remedy is followed
 */
export function consult(options: SizedOptions, parts: TrainingParts, patient: Patient): Consultation {
  const advice = askDoctor(options, parts, patient);
  const changed = options.auto && advice.status !== "healthy" ? firstChange(options, advice.remedies) : null;
  if (changed === null) return { advice, followed: null, options, parts };
  const rebuilt = buildParts(changed.options, patient.labels);
  const followed = { remedy: changed.remedy, advice: askDoctor(changed.options, rebuilt, patient) };
  return { advice, followed, options: changed.options, parts: rebuilt };
}

/** What the doctor says of a training. */
export function askDoctor(
  options: SizedOptions,
  { loss, sampler }: TrainingParts,
  { labels, columns }: Patient,
): Advice {
  const { batchSize, m, size, hidden, seed, memoryBudget } = options;
  // what each layer is given, and its slope
  const bytesPerSample = 2 * 4 * hidden.reduce((sum, width) => sum + width, columns);
  return atTheDoor(() =>
    advise(classCounts(labels), {
      loss,
      sampler: askedAbout(sampler),
      batchSize,
      m,
      embeddingSize: size,
      memoryBudget: memoryBudget ?? Infinity,
      bytesPerSample,
      seed,
      trials: 200,
    }),
  );
}

/** The first remedy that options can follow, and what they are then; null when there is none. */
function firstChange(
  options: SizedOptions,
  remedies: readonly Remedy[],
): { readonly remedy: Remedy; readonly options: SizedOptions } | null {
  const remedy = remedies.find(({ settings }) => settings !== null);
  return remedy === undefined ? null : { remedy, options: withRemedy(options, remedy) };
}

/** The options with the remedy's own. Another loss leaves behind what belongs to the one before, and a batch the memory that does not hold it. */
function withRemedy(options: SizedOptions, { settings }: Remedy): SizedOptions {
  const isOther = settings?.loss !== undefined;
  const isLarger = settings?.batchSize !== undefined && settings.batchSize > (options.memorySize ?? Infinity);
  return {
    ...options,
    ...(isOther && { lossOptions: {} }),
    ...((isOther || isLarger) && { memorySize: null }),
    ...settings,
  };
}
