import { lossNames, USUAL_LOSS } from "../parts/losses.ts";
import { flag, toggle } from "./flag.ts";
import { jsonObject, list, text } from "./readers.ts";

/** Flags that several commands have. */
export const shared = {
  label: flag(
    "--label <column>",
    "the column with the labels, by name or number from 1 (default: found by its name or content)",
    text,
  ),
  labels: flag("--labels <file>", "a file with the labels: one a line, .csv or .npy", text),
  ignore: flag("--ignore <columns>", "columns not to be read, separated by commas", list, []),
  loss: flag("--loss <name>", `the loss: ${lossNames().join(", ")}`, text, USUAL_LOSS),
  lossOptions: flag("--loss-options <json>", "options of the loss, as one object (default: {})", jsonObject, {}),
  head: flag("--head <folder>", "embed the vectors first, with the head that kindred train wrote", text),
  json: toggle("--json", "print all figures as JSON"),
  report: flag("--out <file>", "a file to write a report with pictures to, .html", text),
} as const;
