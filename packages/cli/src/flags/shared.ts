import { lossNames, USUAL_LOSS } from "../parts/losses.ts";
import { flag, toggle } from "./flag.ts";
import { jsonObject, text } from "./readers.ts";

/** Flags that several commands have. */
export const shared = {
  loss: flag("--loss <name>", `the loss: ${lossNames().join(", ")}`, text, USUAL_LOSS),
  lossOptions: flag("--loss-options <json>", "options of the loss, as one object (default: {})", jsonObject, {}),
  head: flag("--head <folder>", "embed the vectors first, with the head that kindred train wrote", text),
  json: toggle("--json", "print all figures as JSON"),
  report: flag("--out <file>", "a file to write a report with pictures to, .html", text),
} as const;
