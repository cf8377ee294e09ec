import type { BatchNeeds } from "../../../batch/batchReport.ts";
import type { BatchForecast } from "../../forecast/batchForecast.ts";
import type { ClassCounts } from "../../labels/classCounts.ts";
import type { Outlook, Remedy } from "./advice.ts";

/** All that a remedy is weighed by. */
export interface Situation {
  readonly counts: ClassCounts;
  readonly needs: BatchNeeds;
  /** As in the code to paste: "SupConLoss". */
  readonly lossName: string;
  /** Whether a CrossBatchMemory serves the loss; true when only its needs are known. */
  readonly canRemember: boolean;
  readonly batchSize: number;
  /** Rows of the memory around the loss, the batch's included; 0: none. */
  readonly memorySize: number;
  readonly forecast: BatchForecast;
  readonly now: Outlook;
  readonly isBalanced: boolean;
  /** What is wished for: the share is of all anchors, those that are alone in their class included. */
  readonly wanted: Outlook;
  /** The same where no sample would be alone in its class. */
  readonly wantedOfAll: Outlook;
  /** Bytes that a training step may take; Infinity: no limit. */
  readonly memoryBudget: number;
  /** Columns of the embeddings. */
  readonly embeddingSize: number;
  /** Bytes of the model's activations for one sample. */
  readonly bytesPerSample: number;
  /** Share of items with a loss above 0, as observed in training; null: not known. */
  readonly activeShare: number | null;
  readonly seed: number;
}

/** A remedy where it helps, else null. */
export type RemedySource = (situation: Situation) => Remedy | null;

/** 1,234,567. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A share in percent, small ones with their digits. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.01) return "less than 0.01 %";
  if (value > 99 && value < 100) return `${(Math.floor(10 * value) / 10).toFixed(1)} %`;
  return `${value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1)} %`;
}

/** 1.5 GB. */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** power;
  return `${scaled.toFixed(power > 0 && scaled < 10 ? 1 : 0)} ${units[power]}`;
}
