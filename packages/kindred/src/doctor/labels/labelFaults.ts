import { describe } from "../../matrix/checks.ts";
import type { LabelCounts } from "./classCounts.ts";

/** What is wrong with a column of labels. */
export type LabelFaultName =
  "missing" | "identifier" | "binnable-number" | "spelling" | "dominating-class" | "one-class";

/** A fault of a column of labels that is worth mending before training. */
export interface LabelFault {
  readonly name: LabelFaultName;
  /** What was found, with numbers. */
  readonly finding: string;
  /** What to do. */
  readonly remedy: string;
  /** Samples (or for "spelling" classes) that it concerns. */
  readonly count: number;
  /** Some of the labels concerned, 5 at most. */
  readonly examples: readonly string[];
}

/** From this share of distinct labels on, a column tells samples apart and not kinds. */
const IDENTIFYING_SHARE = 0.9;
/** Fewer distinct labels than this are no sign of anything. */
const FEW = 20;
/** A class above this share leaves too little to the others. */
const DOMINATING_SHARE = 0.5;

/**
 * Looks at labels as they are given, before anything else sees them, and names what would spoil a training: missing ones, a
 * column that is an identifier or a measured number, labels that differ in capitals or spaces alone, one class that holds
 * most samples.
 *
 * @param labels one a sample, of any type: null, undefined, NaN and "" are missing; or `classCounts(labels)`, where they are
 * counted already
 * @throws TypeError when it is neither
 */
export function labelFaults(labels: ArrayLike<unknown> | LabelCounts): LabelFault[] {
  const counts = timesOf(labels);
  let missing = 0;
  for (const [label, count] of counts) {
    if (!isMissing(label)) continue;
    missing += count;
    counts.delete(label);
  }
  return faultsOfCounts(counts, missing);
}

/** How often each label occurs. */
export function timesOf(labels: ArrayLike<unknown> | LabelCounts): Map<unknown, number> {
  if (isCounted(labels)) return new Map(labels.labels.map((label, c) => [label, labels.counts[c]]));
  if (!Array.isArray(labels) && !(ArrayBuffer.isView(labels) && "length" in labels))
    throw new TypeError("labels is no array; give one label a sample, or classCounts(labels)");
  const counts = new Map<unknown, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i], (counts.get(labels[i]) ?? 0) + 1);
  return counts;
}

/** The same from how often each distinct label occurs; `missing` samples have none. */
export function faultsOfCounts(counts: ReadonlyMap<unknown, number>, missing = 0): LabelFault[] {
  let present = 0;
  for (const count of counts.values()) present += count;
  return [
    missingFault(missing, present + missing),
    identityFault(counts, present),
    spellingFault(counts),
    dominanceFault(counts, present),
  ].filter((fault) => fault !== null);
}

function isCounted(labels: ArrayLike<unknown> | LabelCounts): labels is LabelCounts {
  return typeof labels === "object" && labels !== null && "labels" in labels && "counts" in labels;
}

function isMissing(label: unknown): boolean {
  return (
    label === null ||
    label === undefined ||
    Number.isNaN(label) ||
    (typeof label === "string" && /^\s*(nan|null|none|n\/a|undefined)?\s*$/i.test(label))
  );
}

function missingFault(missing: number, total: number): LabelFault | null {
  if (missing === 0) return null;
  return {
    name: "missing",
    finding: `${missing} of ${total} labels are missing (empty, NaN or null)`,
    remedy: "leave these samples out; as one class they would be pulled together",
    count: missing,
    examples: [],
  };
}

/** Nearly all labels distinct: a measured number when they have fractions or a wide range, an identifier otherwise. */
function identityFault(counts: ReadonlyMap<unknown, number>, present: number): LabelFault | null {
  if (counts.size < FEW) return null;
  const labels = [...counts.keys()];
  const numbers = labels.map((label) => (typeof label === "string" ? Number(label) : label));
  const areNumbers = numbers.every((x) => typeof x === "number" && Number.isFinite(x));
  const fractions = areNumbers ? numbers.filter((x) => !Number.isInteger(x)).length : 0;
  const share = counts.size / present;
  if (areNumbers && fractions > 0.1 * labels.length && share > 0.1) {
    const sorted = (numbers as number[]).sort((a, b) => a - b);
    return {
      name: "binnable-number",
      finding: `the labels are ${counts.size} different numbers with fractions, from ${sorted[0]} to ${sorted[sorted.length - 1]}: a measured number, not a kind`,
      remedy: `put them into bins, ${Math.max(2, Math.round(Math.sqrt(present) / 2))} of equal counts for a start, and use the bin as the label; or use a loss for graded scores`,
      count: present,
      examples: examplesOf(labels),
    };
  }
  if (share < IDENTIFYING_SHARE) return null;
  return {
    name: "identifier",
    finding: `${counts.size} of ${present} labels are distinct (${Math.round(100 * share)} %): the column looks like an identifier of samples`,
    remedy: "choose the column that says which samples are of a kind",
    count: present,
    examples: examplesOf(labels),
  };
}

function spellingFault(counts: ReadonlyMap<unknown, number>): LabelFault | null {
  const spellings = new Map<string, string[]>();
  for (const label of counts.keys()) {
    if (typeof label !== "string") continue;
    const plain = label.trim().replace(/\s+/g, " ").toLowerCase().normalize("NFC");
    const known = spellings.get(plain);
    if (known === undefined) spellings.set(plain, [label]);
    else known.push(label);
  }
  const several = [...spellings.values()].filter((labels) => labels.length > 1);
  if (several.length === 0) return null;
  const classes = several.reduce((sum, { length }) => sum + length, 0);
  return {
    name: "spelling",
    finding: `${classes} labels are only ${several.length} when capitals and spaces don't count`,
    remedy: "write them alike (trim, lower case); samples of one kind are pushed apart otherwise",
    count: classes,
    examples: several.slice(0, 5).map((labels) => labels.map((label) => JSON.stringify(label)).join(" = ")),
  };
}

function dominanceFault(counts: ReadonlyMap<unknown, number>, present: number): LabelFault | null {
  if (present === 0) return null;
  let [label, count]: [unknown, number] = ["", 0];
  for (const entry of counts) if (entry[1] > count) [label, count] = entry;
  if (counts.size === 1)
    return {
      name: "one-class",
      finding: `all ${present} labels are ${nameOf(label)}`,
      remedy: "give two classes or more: what is of a kind is told from what is not",
      count: present,
      examples: examplesOf([label]),
    };
  if (count / present <= DOMINATING_SHARE) return null;
  return {
    name: "dominating-class",
    finding: `${nameOf(label)} holds ${Math.round((100 * count) / present)} % of the ${present} samples`,
    remedy: "sample classes evenly (MPerClassSampler), weigh them (ClassWeightedReducer), or split the class",
    count,
    examples: examplesOf([label]),
  };
}

function examplesOf(labels: readonly unknown[]): string[] {
  return labels.slice(0, 5).map(nameOf);
}

function nameOf(label: unknown): string {
  return typeof label === "symbol" || typeof label === "string" ? String(label) : describe(label);
}
