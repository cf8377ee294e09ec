import { flag, toggle, type FlagValues } from "../../../flags/flag.ts";
import { seconds, text } from "../../../flags/readers.ts";

/** What a run can be told: how it is kept and told, and nothing of what is trained. */
export const runFlags = {
  resume: toggle("--resume", "go on from <out>.checkpoint, as if it had never stopped"),
  /** Infinity: never. */
  checkpointEvery: flag(
    "--checkpoint-every <time>",
    "how often the work is kept in <out>.checkpoint, such as 30s or 5m, or never (default: 30s)",
    (words) => (words === "never" ? Infinity : seconds(words)),
    30,
  ),
  log: flag("--log <file>", "tell the training, or the search, as JSON lines while it goes on", text),
  tensorboard: flag(
    "--tensorboard <folder>",
    "tell the training as an event file for TensorBoard in this folder; a search as one a candidate",
    text,
  ),
};

export type RunOptions = FlagValues<typeof runFlags>;
