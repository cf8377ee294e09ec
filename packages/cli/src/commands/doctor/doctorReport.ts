import { classSizes, shareCurves } from "../../report/batchFigures.ts";
import { code, figure, table, type Page } from "../../report/page.ts";
import { percent } from "../../terminal/format.ts";
import { batchSizeCurves } from "./batchSizeCurves.ts";
import type { Diagnosis, Question } from "./diagnose.ts";
import { aloneSentence, forecastRows } from "./doctorText.ts";

/** The doctor's findings with pictures. */
export function doctorReport(name: string, diagnosis: Diagnosis, question: Question): Page {
  const { advice, faults, counts } = diagnosis;
  const curves = batchSizeCurves(diagnosis, question);
  return {
    title: `kindred doctor: ${name}`,
    verdict: advice.verdict,
    sections: [
      {
        heading: "What a batch holds",
        text: "Told before any batch is drawn, by formula where there is one; the last column holds nine batches of ten.",
        content: [table(["", "expected", "9 of 10 batches"], forecastRows(advice.forecast))],
      },
      ...(faults.length === 0
        ? []
        : [
            {
              heading: "The labels",
              text: "Worth mending before training.",
              content: [
                table(
                  ["what was found", "what to do"],
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
      ...(advice.remedies.length === 0
        ? []
        : [
            {
              heading: "What to do, best first",
              content: [
                table(
                  ["", "silent steps", "live anchors", "cost"],
                  [
                    ["as it is", percent(advice.forecast.silent.value), percent(advice.forecast.liveShare.value), ""],
                    ...advice.remedies.map(({ title, after, cost }, k) => [
                      `${k + 1}. ${title}`,
                      percent(after.silent),
                      percent(after.liveShare),
                      cost,
                    ]),
                  ],
                ),
                ...advice.remedies.map(({ title, why, code: text }) => code(`// ${title}: ${why}\n${text}`)),
              ],
            },
          ]),
    ],
  };
}
