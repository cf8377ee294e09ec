import { samplerWords } from "../../../parts/samplers.ts";
import { stepCurve } from "../../../report/figures/trainingFigures.ts";
import type { Section } from "../../../report/page.ts";
import { figure } from "../../../report/pieces/pieces.ts";
import { facts, table } from "../../../report/pieces/table.ts";
import { count, duration, percent, plural } from "../../../terminal/format.ts";
import { classWords, partWords } from "../judged/judgedText.ts";
import type { TrainedHead } from "./trainedHead.ts";

/** What the report of one training says of it. */
export function plainSections(head: TrainedHead): Section[] {
  return [trainingSection(head), doctorSection(head), doneSection(head)];
}

function trainingSection({ consultation: { options }, result }: TrainedHead): Section {
  const { steps, silentSteps, history } = result;
  return {
    heading: "The training",
    text:
      `${plural(steps, "step")} of ${plural(options.batchSize, "sample")} in ${duration(result.seconds)}, ${count(result.samplesPerSecond)} samples a second; ` +
      (silentSteps === 0
        ? "every batch could teach."
        : `${plural(silentSteps, "batch", "batches")} (${percent(silentSteps / steps)}) taught nothing.`),
    content: [
      figure(stepCurve(history.loss, options.loss), "The loss of each batch, and its moving mean."),
      figure(
        stepCurve(history.liveShare, "live anchors, %", true),
        "Live anchors: the share of each batch that the loss could learn from.",
      ),
    ],
  };
}

/** What the doctor said before the first step, and what the monitor found after it. */
function doctorSection({ consultation: { advice, followed }, findings }: TrainedHead): Section {
  const followedText =
    followed === null ? "" : ` Its advice was followed: ${followed.remedy.title}. ${followed.advice.verdict}`;
  return {
    heading: "The doctor and the monitor",
    text: `Before the first step: ${advice.verdict}${followedText} ${findings.length === 0 ? "While training, the monitor found nothing to complain of." : ""}`,
    content:
      findings.length === 0
        ? []
        : [
            table(
              "Findings of the monitor",
              [{ words: "the monitor found" }, "since step", { words: "what to do" }],
              findings.map(({ message, since, remedy }) => [message, count(since), remedy]),
            ),
          ],
  };
}

function doneSection({ data, split, isScaled, consultation: { options, parts } }: TrainedHead): Section {
  const { hidden, size, activation, lossOptions, memorySize, chunkSize } = options;
  const layers = [data.vectors.cols, ...hidden, size].join(" > ");
  const ownOptions = Object.keys(lossOptions).length > 0 ? JSON.stringify(lossOptions) : "";
  const chunks = chunkSize === null ? "" : `, embedded in chunks of ${chunkSize}`;
  return {
    heading: "What was done",
    content: [
      facts("Data, model and training", [
        ["data", `${data.name}: ${count(data.vectors.rows)} x ${data.vectors.cols}, ${classWords(data)}`],
        ["trained on", partWords(split.train)],
        ["held out", `${partWords(split.test)}, by ${split.by}`],
        ["columns", isScaled ? "brought to one spread (folded into the head)" : "as they are"],
        ["head", `${layers}${hidden.length > 0 ? `, ${activation}` : ""}`],
        ["loss", `${options.loss} ${ownOptions}`],
        ["miner", options.miner ?? "none"],
        ...(memorySize === null
          ? []
          : ([["memory", `the last ${plural(memorySize, "embedding")} (${parts.loss.name})`]] as const)),
        ["batches", `${options.batchSize}, ${samplerWords(options.sampler, options.m)}${chunks}`],
        ["optimizer", `Adam, learning rate ${options.learningRate}`],
      ]),
    ],
  };
}
