import { checkNumber, checkOneOf, describe } from "../../matrix/checks.ts";

const names = [
  "silent-batches",
  "few-live-anchors",
  "not-finite",
  "collapse",
  "falling-rank",
  "flat-loss",
  "vanishing-gradient",
  "exploding-gradient",
] as const;

/** What can go wrong while a loss trains. */
export type FindingName = (typeof names)[number];

const severities = ["note", "warning", "error"] as const;

/** Something found while training, from when on, how bad, and what to do. */
export interface Finding {
  readonly name: FindingName;
  /** The step since which it has held. */
  readonly since: number;
  /** The last step at which it was seen. */
  readonly until: number;
  /** "note": worth knowing; "warning": the training suffers; "error": it is lost. */
  readonly severity: (typeof severities)[number];
  /** What was seen, with numbers. */
  readonly message: string;
  readonly remedy: string;
}

/** The findings of a state, copied. @throws TypeError, RangeError when they are none */
export function checkFindings(given: unknown, name: string): Finding[] {
  if (!Array.isArray(given)) throw new TypeError(`${name} is ${describe(given)}; a list of findings is needed`);
  return Array.from(given, (each: unknown, k) => checkFinding(each, `${name}[${k}]`));
}

function checkFinding(given: unknown, name: string): Finding {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${name} is ${describe(given)}; a finding is needed`);
  const { name: own, since, until, severity, message, remedy } = given as Finding;
  const step = (value: unknown, which: string): number => checkNumber(value, `${name}.${which}`, { integer: true });
  const words = (value: unknown, which: string): string => {
    if (typeof value !== "string") throw new TypeError(`${name}.${which} is ${describe(value)}; words are needed`);
    return value;
  };
  return {
    name: checkFindingName(own, `${name}.name`),
    since: step(since, "since"),
    until: step(until, "until"),
    severity: checkOneOf(severity, `${name}.severity`, severities),
    message: words(message, "message"),
    remedy: words(remedy, "remedy"),
  };
}

/** @throws TypeError, RangeError when there is no such finding */
export function checkFindingName(given: unknown, name: string): FindingName {
  return checkOneOf(given as FindingName, name, names);
}
