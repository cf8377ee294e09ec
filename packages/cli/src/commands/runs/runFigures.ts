/** What is compared of a result. */
export interface RunFigures {
  /** Its path in the folder that was looked through. */
  readonly folder: string;
  readonly writtenAt: Date;
  /** What was done: "search", or the loss and how many steps. */
  readonly training: string;
  readonly data: string;
  readonly outcome: string;
  readonly precisionAt1: Figure;
  readonly meanAveragePrecisionAtR: Figure;
  /** Rows held out. */
  readonly heldOut: number;
  /** null: it does not say. */
  readonly seconds: number | null;
}

/** On what training never saw: of the raw vectors, of the head, and the change with its interval. */
export interface Figure {
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** null where none could be told. */
  readonly low: number | null;
  readonly high: number | null;
}

type Json = Readonly<Record<string, unknown>>;

/** The figures that metrics.json holds; null: not all of them are there. */
export function readRun(metrics: object, folder: string, writtenAt: Date): RunFigures | null {
  const given = metrics as Json;
  const precisionAt1 = figure(given, "precisionAt1");
  const meanAveragePrecisionAtR = figure(given, "meanAveragePrecisionAtR");
  const heldOut = within(given, "heldOut").rows;
  const name = within(given, "data").name;
  const { outcome } = given;
  if (precisionAt1 === null || meanAveragePrecisionAtR === null) return null;
  if (typeof heldOut !== "number" || typeof name !== "string" || typeof outcome !== "string") return null;
  const seconds = within(given, "search").seconds ?? within(given, "training").seconds;
  return {
    folder,
    writtenAt,
    training: trainingOf(given),
    data: name,
    outcome,
    precisionAt1,
    meanAveragePrecisionAtR,
    heldOut,
    seconds: typeof seconds === "number" ? seconds : null,
  };
}

function trainingOf(metrics: Json): string {
  const { steps } = within(metrics, "training");
  const { loss, learningRate } = within(metrics, "options");
  if (typeof steps === "number") return `${text(loss)}, ${steps} steps, lr ${text(learningRate)}`;
  const chosen = within(within(metrics, "search"), "chosen");
  return `search: ${chosen.loss === null ? "no loss" : text(chosen.loss)}, ${text(chosen.steps)} steps`;
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}

function figure(metrics: Json, name: string): Figure | null {
  const before = within(within(metrics, "before"), "metrics")[name];
  const after = within(within(metrics, "after"), "metrics")[name];
  const { value: change, low, high } = within(within(metrics, "change"), name);
  if (typeof before !== "number" || typeof after !== "number" || typeof change !== "number") return null;
  const bound = (value: unknown): number | null => (typeof value === "number" ? value : null);
  return { before, after, change, low: bound(low), high: bound(high) };
}

/** The object under a name; one with nothing in it where there is none. */
function within(object: Json, name: string): Json {
  const value = Object.hasOwn(object, name) ? object[name] : null;
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
