import {
  advise,
  classCounts,
  labelFaults,
  type Advice,
  type Loss,
  type LabelCounts,
  type LabelFault,
  type SamplerName,
} from "kindred";
import { atTheDoor, InputError } from "../../door/inputError.ts";
import type { WordColumn } from "../../tables/columns/wordColumn.ts";
import { count } from "../../terminal/format.ts";

/** What the doctor is asked. */
export interface Question {
  readonly batchSize: number;
  readonly sampler: SamplerName;
  readonly m: number;
  readonly loss: Loss;
  /** Bytes; Infinity: no limit. */
  readonly memoryBudget: number;
  readonly embeddingSize: number;
  readonly seed: number;
}

/** What the doctor found. */
export interface Diagnosis {
  readonly advice: Advice;
  readonly faults: readonly LabelFault[];
  readonly counts: LabelCounts;
}

/** @throws InputError when there is one class only, or the batch does not fit the data, say */
export function diagnose({ codes, words }: WordColumn, question: Question): Diagnosis {
  const counts = { ...atTheDoor(() => classCounts(codes)), labels: words };
  const faults = labelFaults(counts);
  if (counts.classes === 1)
    throw new InputError(
      `all ${count(counts.samples)} labels are ${JSON.stringify(words[0])}; give two classes or more: what is of a kind is told from what is not`,
    );
  return { advice: atTheDoor(() => advise(counts, question)), faults, counts };
}
