import type { HeadModel } from "kindred";
import type { Section } from "../../../report/page.ts";
import type { Step } from "../../../report/pieces/pieces.ts";
import type { JudgedHead } from "./judgedHead.ts";

/** What `kindred train` has to write and to say, whichever way it went. */
export interface Trained {
  readonly judged: JudgedHead;
  /** The head to be written. */
  readonly head: HeadModel;
  /** In a word, for programs. */
  readonly outcome: string;
  /** What has come out, in a sentence or two. */
  readonly verdict: string;
  /** Whether that is what one hoped for; null: it can be told neither way. */
  readonly isGood: boolean | null;
  /** What to do next, the best first. */
  readonly steps: readonly Step[];
  /** What metrics.json says of the way, beside what is said of any head. */
  readonly figures: object;
  /** What the report says of the way. */
  readonly sections: readonly Section[];
}
