import type { BatchForecast, Figure, Spread } from "kindred";
import { flagsOf, type AskedSettings } from "../../flags/flagsOf.ts";
import { inLine } from "../../terminal/clean.ts";
import { count, percent } from "../../terminal/format.ts";
import { textTable } from "../../terminal/textTable.ts";
import type { Diagnosis } from "./diagnose.ts";

/** What the terminal shows after the verdict: the forecast as a table, faults of the labels, and the ranked advice. */
export function doctorText({ advice, faults }: Diagnosis, asked: AskedSettings, width: number): string {
  const parts = [forecastTable(advice.forecast, width)];
  const alone = aloneSentence(advice.forecast);
  if (alone !== null) parts.push(alone);
  for (const { finding, remedy, examples } of faults)
    parts.push(
      `Labels: ${finding}${examples.length > 0 ? ` (${examples.map(inLine).join(", ")})` : ""}.\n  ${capital(remedy)}.`,
    );
  if (advice.remedies.length > 0) {
    const listed = advice.remedies.map((remedy, k) => {
      const { title, why, cost, after, code } = remedy;
      const flags = flagsOf(remedy, asked);
      return [
        `${String(k + 1).padStart(3)}. ${title}`,
        `     ${capital(why)}.`,
        `     Silent steps ${percent(after.silent)}, live anchors ${percent(after.liveShare)}. Cost: ${cost}.`,
        ...code.split("\n").map((line) => `       ${line}`),
        ...(flags === null ? [] : [`       kindred train <data> ${flags}`]),
      ].join("\n");
    });
    parts.push(`What to do, best first:\n${listed.join("\n")}`);
  }
  return parts.join("\n\n");
}

/** The rows of the forecast's table: what, expected, and how it varies. */
export function forecastRows(forecast: BatchForecast): string[][] {
  const { silent, noPositivePair, noNegativePair, positivePairs, liveAnchors, liveShare } = forecast;
  return [
    ["silent steps", share(silent), ""],
    ["no positive pair in a batch", share(noPositivePair), ""],
    ["one class only in a batch", share(noNegativePair), ""],
    ["positive pairs a batch", figure(positivePairs.mean), range(positivePairs)],
    ["live anchors a batch", figure(liveAnchors.mean), range(liveAnchors)],
    ["live anchors, share", share(liveShare), ""],
    ["classes that never have a positive", count(forecast.neverPositive.classes), ""],
  ];
}

/** Names some of the classes with one sample; null when there are none. */
export function aloneSentence({ neverPositive: { classes, examples } }: BatchForecast): string | null {
  if (classes === 0) return null;
  const named = examples.slice(0, 3).map((label) => inLine(String(label)));
  return `With one sample, and so never a positive: ${named.join(", ")}${classes > named.length ? " ..." : ""}`;
}

function forecastTable(forecast: BatchForecast, width: number): string {
  return textTable(["a batch holds", "expected", "9 of 10 batches"], forecastRows(forecast), width);
}

function figure({ value, method, standardError }: Figure): string {
  if (method === "exact" && value < 0.001) return value === 0 ? "0" : value.toPrecision(1);
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : 3;
  return method === "exact"
    ? value.toFixed(digits)
    : `${value.toFixed(digits)} ± ${(2 * standardError).toFixed(digits)}`;
}

function share({ value, method, standardError }: Figure): string {
  return method === "exact" ? percent(value) : `${percent(value)} ± ${percent(2 * standardError)}`;
}

function range({ quantiles }: Spread): string {
  return `${count(quantiles.p5)} to ${count(quantiles.p95)}`;
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
