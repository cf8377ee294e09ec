import { JsonLinesLog, TensorBoardLog, type TrainingHook } from "kindred";
import type { LogFiles } from "./logFiles.ts";

/** What tells one training to its logs. */
export function logHooks({ lines, events }: LogFiles): readonly TrainingHook[] {
  return [
    ...(lines === null ? [] : [new JsonLinesLog({ write: lines })]),
    ...(events === null ? [] : [new TensorBoardLog({ write: events() })]),
  ];
}
