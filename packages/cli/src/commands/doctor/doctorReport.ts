import type { Remedy } from "kindred";
import type { RunNote } from "../../door/runNote.ts";
import { flagsOf, type AskedSettings } from "../../flags/flagsOf.ts";
import { classSizes, shareCurves } from "../../report/figures/batchFigures.ts";
import type { Page, Section } from "../../report/page.ts";
import { figure, steps } from "../../report/pieces/pieces.ts";
import { table } from "../../report/pieces/table.ts";
import { percent } from "../../terminal/format.ts";
import { batchSizeCurves } from "./batchSizeCurves.ts";
import type { Diagnosis, Question } from "./diagnose.ts";
import { aloneSentence, forecastRows } from "./doctorText.ts";

/** Whose labels were looked at, and what else the command was told. */
interface Patient {
  readonly name: string;
  readonly asked: AskedSettings;
}

/** The doctor's findings with pictures: the verdict, what to do about it, and then why. */
export function doctorReport({ name, asked }: Patient, diagnosis: Diagnosis, question: Question, run: RunNote): Page {
  const { advice, faults, counts } = diagnosis;
  const curves = batchSizeCurves(diagnosis, question);
  return {
    title: `kindred doctor: ${name}`,
    verdict: advice.verdict,
    isGood: advice.status === "healthy" ? true : advice.status === "silent" ? false : null,
    sections: [
      ...remedySections(diagnosis, asked),
      {
        heading: "What a batch holds",
        text: "Told before any batch is drawn, by formula where there is one; the last column holds nine batches of ten.",
        content: [
          table("Forecast of a batch", ["a batch holds", "expected", "9 of 10 batches"], forecastRows(advice.forecast)),
        ],
      },
      ...(faults.length === 0
        ? []
        : [
            {
              heading: "The labels",
              text: "Worth mending before training.",
              content: [
                table(
                  "Faults of the labels",
                  [{ words: "what was found" }, { words: "what to do" }],
                  faults.map(({ finding, remedy }) => [finding, remedy]),
                ),
              ],
            },
          ]),
      {
        heading: "Classes",
        text: aloneSentence(advice.forecast) ?? "Every class has two samples or more.",
        content: [figure(classSizes(counts), "How many classes have how many samples.")],
      },
      {
        heading: "Batch size and sampler",
        text: `The line marks the batch size asked about, ${question.batchSize}.`,
        content: [
          figure(
            shareCurves(curves, "liveShare", "live anchors, %", question.batchSize),
            "The share of a batch's anchors that have a positive.",
          ),
          figure(
            shareCurves(curves, "silent", "silent steps, %", question.batchSize),
            `The probability that a batch teaches ${question.loss.name} nothing.`,
          ),
        ],
      },
    ],
    origin: { ...run, seed: question.seed },
  };
}

function remedySections({ advice: { forecast, remedies } }: Diagnosis, asked: AskedSettings): Section[] {
  if (remedies.length === 0) return [];
  return [
    {
      heading: "What to do, best first",
      content: [
        table(
          "What each remedy would change",
          ["remedy", "silent steps", "live anchors"],
          [
            ["as it is", percent(forecast.silent.value), percent(forecast.liveShare.value)],
            ...remedies.map(({ title, after }, k) => [
              `${k + 1}. ${title}`,
              percent(after.silent),
              percent(after.liveShare),
            ]),
          ],
        ),
        steps(remedies.map((remedy) => stepOf(remedy, asked))),
      ],
    },
  ];
}

function stepOf(remedy: Remedy, asked: AskedSettings): { title: string; text: string[]; code: string } {
  const { title, why, cost, code } = remedy;
  const flags = flagsOf(remedy, asked);
  const inTheTerminal = flags === null ? "" : `\n\n// in the terminal: kindred train <data> ${flags}`;
  return { title, text: [`${capital(why)}.`, `Cost: ${cost}.`], code: `${code}${inTheTerminal}` };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
