import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** A recorded case: what pytorch-metric-learning computes in float64 for float32 inputs. */
export interface GoldenCase {
  readonly id: string;
  readonly class: string;
  readonly kind: string;
  /** Why the recorded answer is no model to follow. */
  readonly quirk?: string;
  readonly expected?: unknown;
  readonly steps?: readonly { readonly expected?: unknown }[];
  readonly float32Error?: { readonly loss?: number; readonly gradients?: number };
}

const folder = fileURLToPath(new URL("../goldens/", import.meta.url));

/** The files there are, as "losses/SupConLoss". */
export function goldenFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json.gz"))
    .map((path) => path.replaceAll("\\", "/").replace(".json.gz", ""))
    .sort();
}

/** The cases of a file, each with the file's kind. */
export function goldenCases(file: string): GoldenCase[] {
  const { kind, cases } = readGolden<{ kind: string; cases: GoldenCase[] }>(file);
  return cases.map((given) => ({ ...given, kind }));
}

/** A golden file as it is. */
export function readGolden<T>(file: string): T {
  return JSON.parse(gunzipSync(readFileSync(`${folder}${file}.json.gz`)).toString("utf8")) as T;
}

interface Slack {
  readonly number: number;
  readonly matrix: number;
}

/**
 * Where an answer first differs from what is expected, or null. A number may differ by 2e-4 of itself, a matrix entry by
 * 2e-4 of its matrix's largest, plus ten times what float32 costs pytorch-metric-learning itself on the case.
 */
export function differenceFromGolden(given: GoldenCase, answer: { result?: unknown; error?: string }): string | null {
  const slack = { number: given.float32Error?.loss ?? 0, matrix: given.float32Error?.gradients ?? 0 };
  if (isRefused(given.expected)) return answer.error ? null : "should be refused";
  if (answer.error !== undefined) return `refused: ${answer.error}`;
  if (given.steps === undefined || given.expected !== undefined)
    return differ(given.expected, answer.result, "", slack);
  const { steps } = answer.result as { steps: unknown[] };
  for (const [k, { expected }] of given.steps.entries()) {
    const refused = isRefused(expected);
    const why = refused ? (isRefused(steps[k]) ? null : "should be refused") : differ(expected, steps[k], "", slack);
    if (why !== null) return `step ${k}: ${why}`;
  }
  return null;
}

function isRefused(expected: unknown): boolean {
  return typeof expected === "object" && expected !== null && "error" in expected && Boolean(expected.error);
}

function differ(expected: unknown, given: unknown, path: string, slack: Slack): string | null {
  if (expected === null) return null;
  const number = toNumber(expected);
  if (number !== undefined) {
    const other = toNumber(given);
    if (other === undefined) return `${path}: expected ${number}, got ${JSON.stringify(given)}`;
    return isClose(number, other, 2e-4 * Math.abs(number) + 1e-6 + 10 * slack.number)
      ? null
      : `${path}: expected ${number}, got ${other}`;
  }
  if (typeof expected !== "object")
    return expected === given ? null : `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(given)}`;
  if (typeof given !== "object" || given === null) return `${path}: got ${JSON.stringify(given)}`;
  if (isTuples(expected)) return differTuples(expected, given as Tuples, path);
  if (isMatrix(expected)) return differMatrix(expected, given as GoldenMatrix, path, slack);
  if (Array.isArray(expected) && (given as unknown[]).length !== expected.length)
    return `${path}: expected ${expected.length} entries, got ${(given as unknown[]).length}`;
  for (const [key, value] of Object.entries(expected)) {
    const why = differ(value, (given as Record<string, unknown>)[key], `${path}.${key}`, slack);
    if (why !== null) return why;
  }
  return null;
}

interface GoldenMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: readonly (number | string)[];
}

function isMatrix(value: object): value is GoldenMatrix {
  return "rows" in value && "data" in value;
}

function differMatrix(expected: GoldenMatrix, given: GoldenMatrix, path: string, slack: Slack): string | null {
  if (given.rows !== expected.rows || given.cols !== expected.cols)
    return `${path}: expected ${expected.rows} x ${expected.cols}, got ${given.rows} x ${given.cols}`;
  const entries = expected.data.map((entry) => toNumber(entry)!);
  const peak = entries.reduce((max, entry) => (Number.isFinite(entry) ? Math.max(max, Math.abs(entry)) : max), 0);
  const tolerance = 2e-4 * peak + 1e-6 + 10 * slack.matrix;
  const k = entries.findIndex((entry, i) => !isClose(entry, toNumber(given.data[i])!, tolerance));
  return k < 0 ? null : `${path}[${k}]: expected ${entries[k]}, got ${given.data[k]}`;
}

type Tuples = Readonly<Record<string, readonly number[]>>;

function isTuples(value: object): value is Tuples {
  return ("anchors" in value || "anchors1" in value) && "negatives" in value;
}

function differTuples(expected: Tuples, given: Tuples, path: string): string | null {
  const groups =
    "anchors" in expected
      ? [["anchors", "positives", "negatives"]]
      : [
          ["anchors1", "positives"],
          ["anchors2", "negatives"],
        ];
  for (const names of groups) {
    if (sorted(expected, names) !== sorted(given, names))
      return `${path}: other ${names.join("/")}: expected ${expected[names[0]].length}, got ${given[names[0]]?.length}`;
  }
  return null;
}

function sorted(tuples: Tuples, names: readonly string[]): string {
  const rows = tuples[names[0]].map((_, k) => names.map((name) => tuples[name][k]).join(","));
  return rows.sort().join(" ");
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

function isClose(expected: number, given: number, tolerance: number): boolean {
  return Object.is(expected, given) || Math.abs(expected - given) <= tolerance;
}
