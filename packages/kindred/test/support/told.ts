import { Distance, type BatchNeeds, type LossDescription, type Option } from "../../src/index.ts";
import type { NumberBounds } from "../../src/matrix/checks.ts";

/** The bounds that a text tells: "> 0", ">= 1 and < 2", "from 0 to 1". */
export function boundsTold(text: string): readonly string[] {
  const number = "(-?\\d+(?:\\.\\d+)?)";
  const signs = [...text.matchAll(new RegExp(`(>=|<=|>|<) ${number}`, "g"))].map(([, sign, x]) => `${sign} ${x}`);
  const ranges = [...text.matchAll(new RegExp(`from ${number} to ${number}`, "g"))];
  return [...signs, ...ranges.flatMap(([, low, high]) => [`>= ${low}`, `<= ${high}`])].sort();
}

/** The bounds that an option has: of a number, or of what else it says that it is. */
export function boundsOf({ bounds, kind }: Option<unknown>): readonly string[] {
  if (bounds === undefined) return boundsTold(kind);
  const signs = { atLeast: ">=", above: ">", atMost: "<=", below: "<" } as const satisfies Partial<
    Record<keyof NumberBounds, string>
  >;
  return Object.entries(signs)
    .filter(([name]) => bounds[name as keyof typeof signs] !== undefined)
    .map(([name, sign]) => `${sign} ${bounds[name as keyof typeof signs]}`)
    .sort();
}

/**
 * The default that an option's text tells, at its end or beside the value: "Default 0.1.", "Default null: none.",
 * `"warn" (default)`, "Required."; undefined: none.
 */
export function defaultTold(text: string): string | undefined {
  const [, atEnd] = /\bDefault:? ((?:"[^"]*"|[^:;,"])+?)(?:[:;,][^"]*)?\.$/.exec(text) ?? [];
  const [, beside] = /("[^"]*"|[\w.-]+) \(default\)/.exec(text) ?? [];
  return atEnd ?? beside ?? (/\bRequired\.$/.test(text) ? "required" : undefined);
}

/** Whether what is told is the option's default. */
export function isDefault(told: string | undefined, { default: usual }: Option<unknown>): boolean {
  if (usual === undefined) return told === "required";
  if (Array.isArray(usual)) return told === JSON.stringify(usual);
  if (typeof usual === "object" && usual !== null)
    return told === "the loss's own" || told === "the miner's own" || told === nameOf(usual) || told === words(usual);
  if (usual === Math.log(10)) return told === "log 10";
  return told !== undefined && told !== "required" && parsed(told) === usual;
}

/** A default as the pages write it: JSON, a class's name, or that it must be given. */
export function written({ default: usual }: Option<unknown>): string {
  if (usual === undefined) return "required";
  if (Array.isArray(usual)) return JSON.stringify(usual);
  if (typeof usual === "object" && usual !== null) return nameOf(usual);
  return usual === Math.log(10) ? "Math.log(10)" : JSON.stringify(usual);
}

/** A distance in words: its class, and its settings where they are not those of the class: "LpDistance, power 2". */
export function words(distance: object): string {
  const settings = distance instanceof Distance ? settingsOf(distance) : [];
  return [nameOf(distance), ...settings.map(([name, value]) => `${name} ${String(value)}`)].join(", ");
}

/** The settings of a distance that are not those of its class. */
export function settingsOf(distance: Distance): readonly (readonly [name: string, value: unknown])[] {
  const plain = new (distance.constructor as new () => Distance)();
  return (["p", "power", "normalizeEmbeddings"] as const)
    .filter((name) => distance[name] !== plain[name])
    .map((name) => [name, distance[name]] as const);
}

function nameOf(value: object): string {
  return value.constructor.name;
}

function parsed(told: string): unknown {
  try {
    return JSON.parse(told);
  } catch {
    return undefined;
  }
}

/** What a batch must hold and a loss must be given so that it learns, in the words of the docs' table. */
export function needsInWords({ takes, needs, wraps, options }: LossDescription): string {
  const given = {
    classes: [],
    required: ["numClasses" in options && needs.pairs === false ? "labels of known classes" : "labels"],
    paired: ["a reference by place, or labels"],
    optional: [],
    scores: ["scores"],
    alike: ["labels of 1 and 0"],
    ofPairs: ["a label a pair"],
    none: ["no labels"],
  } satisfies Record<typeof takes.labels, string[]>;
  return [
    pairsInWords(needs, wraps),
    ...given[takes.labels],
    ...(takes.reference === "required" ? ["a reference by place"] : []),
    ...(takes.negatives === "required" ? ["negatives"] : []),
    ...(takes.guide === true ? ["a guide"] : []),
    ...(takes.teacher === undefined ? [] : [takes.teacher === "scores" ? "a teacher's scores" : "a teacher"]),
  ].join("; ");
}

function pairsInWords({ positives, negatives, pairs }: BatchNeeds, wraps: LossDescription["wraps"]): string {
  if (pairs === false) return "no pairs";
  if (wraps !== undefined) return wraps === "loss" ? "what the loss needs" : "what all losses need";
  if (positives && negatives) return "positives and negatives";
  return positives ? "positives" : negatives ? "negatives" : "either";
}

/** What an item is, by the words of the docs; an element goes by many names. */
export function itemKind(inWords: string): string {
  const kinds: Readonly<Record<string, string>> = {
    "a positive pair": "pos_pair",
    "a negative pair": "neg_pair",
    "a triplet": "triplet",
    "one number": "number",
    "one number a batch": "number",
  };
  return kinds[inWords] ?? "element";
}
