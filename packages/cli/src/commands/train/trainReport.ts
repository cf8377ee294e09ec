import { embedInBatches } from "kindred";
import type { DataSet } from "../../data/dataSet.ts";
import { chooseForPicture } from "../../data/chooseForPicture.ts";
import { beforeAndAfter, plane, stepCurve } from "../../report/figures.ts";
import { code, figure, table, type Page, type Section } from "../../report/page.ts";
import { onPlane } from "../../report/plane.ts";
import { count, decimal, duration, gain, percent, plural } from "../../terminal/format.ts";
import { metricTitles, type MetricKey } from "./judge.ts";
import type { TrainedHead } from "./trainHead.ts";

/** What has come out, in one sentence. */
export function verdictOf({ split, before, after }: TrainedHead): string {
  const change = after.metrics.precisionAt1 - before.metrics.precisionAt1;
  const where =
    split.by === "class"
      ? `${plural(new Set(split.test.labels).size, "class", "classes")} that training never saw`
      : `${plural(split.test.labels.length, "sample")} that training never saw`;
  const verb = change > 0.0005 ? "rose" : change < -0.0005 ? "fell" : "stayed";
  return (
    `On ${where}, precision@1 ${verb} from ${decimal(before.metrics.precisionAt1)} to ${decimal(after.metrics.precisionAt1)} (${gain(change)}) ` +
    `and MAP@R went from ${decimal(before.metrics.meanAveragePrecisionAtR)} to ${decimal(after.metrics.meanAveragePrecisionAtR)} ` +
    `(${gain(after.metrics.meanAveragePrecisionAtR - before.metrics.meanAveragePrecisionAtR)}).`
  );
}

/** The rows of the table of metrics: title, before, after, change. */
export function metricRows({ before, after }: TrainedHead): string[][] {
  return (Object.keys(metricTitles) as MetricKey[]).map((key) => [
    metricTitles[key],
    decimal(before.metrics[key]),
    decimal(after.metrics[key]),
    gain(after.metrics[key] - before.metrics[key]),
  ]);
}

/** The report of a training. */
export function trainReport(data: DataSet, head: TrainedHead, folder: string): Page {
  const { options } = head.consultation;
  const { split, before, after, result, model } = head;
  const keys = Object.keys(metricTitles) as MetricKey[];
  const pictured = chooseForPicture(split.test, options.seed);
  const captions = pictured.captions ?? pictured.labels.map((label, i) => `${label} (row ${i + 1})`);
  const raw = onPlane(pictured.vectors, options.seed);
  const learned = onPlane(embedInBatches(model, pictured.vectors), options.seed);
  const interval = ({ low, high }: { low: number; high: number }): string => `${decimal(low)} to ${decimal(high)}`;
  return {
    title: `kindred train: ${data.name}`,
    verdict: verdictOf(head),
    sections: [
      {
        heading: "Before and after",
        text:
          `${plural(after.queries, "query", "queries")} among ${plural(after.references, "held-out sample")}, compared by cosine. ` +
          "precision@1: is the nearest neighbour of the same class? MAP@R: are the nearest all of it, in order?",
        content: [
          table(
            ["", "raw vectors", "95 % interval", "embeddings", "95 % interval", "change"],
            metricRows(head).map(([title, from, to, change], k) => [
              title,
              from,
              interval(before.intervals[keys[k]]),
              to,
              interval(after.intervals[keys[k]]),
              change,
            ]),
          ),
          figure(
            beforeAndAfter(
              keys.map((key) => ({ name: metricTitles[key], before: before.metrics[key], after: after.metrics[key] })),
            ),
            "Raw vectors (grey) and learned embeddings (blue).",
          ),
        ],
      },
      {
        heading: "The space of held-out samples",
        text: `${plural(pictured.labels.length, "sample")} of ${plural(new Set(pictured.labels).size, "class", "classes")}; neighbours stay neighbours, axes mean nothing. Rest the mouse on a point to read its name.`,
        content: [
          figure(plane(raw, pictured.labels, captions), "Before: the raw vectors."),
          figure(plane(learned, pictured.labels, captions), "After: the embeddings."),
        ],
      },
      {
        heading: "The training",
        text:
          `${plural(result.steps, "step")} of ${plural(options.batchSize, "sample")} in ${duration(result.seconds)}, ${count(result.samplesPerSecond)} samples a second; ` +
          (result.silentSteps === 0
            ? "every batch could teach."
            : `${plural(result.silentSteps, "batch", "batches")} (${percent(result.silentSteps / result.steps)}) taught nothing.`),
        content: [
          figure(stepCurve(result.history.loss, `${options.loss}`), "The loss of each batch, and its moving mean."),
          figure(
            stepCurve(result.history.liveShare, "live anchors, %", true),
            "Live anchors: the share of each batch that the loss could learn from.",
          ),
        ],
      },
      ...doctorSections(head),
      {
        heading: "What was done",
        content: [
          table(
            ["", ""],
            [
              [
                "data",
                `${data.name}: ${count(data.vectors.rows)} x ${data.vectors.cols}, ${plural(new Set(data.labels).size, "class", "classes")}`,
              ],
              [
                "trained on",
                `${count(split.train.labels.length)} rows of ${plural(new Set(split.train.labels).size, "class", "classes")}`,
              ],
              [
                "held out",
                `${count(split.test.labels.length)} rows of ${plural(new Set(split.test.labels).size, "class", "classes")}, by ${split.by}`,
              ],
              ["columns", head.isScaled ? "brought to one spread (folded into the head)" : "as they are"],
              [
                "head",
                `${[data.vectors.cols, ...options.hidden, options.size].join(" > ")}${options.hidden.length > 0 ? `, ${options.activation}` : ""}`,
              ],
              [
                "loss",
                `${options.loss} ${Object.keys(options.lossOptions).length > 0 ? JSON.stringify(options.lossOptions) : ""}`,
              ],
              ["miner", options.miner ?? "none"],
              ...(options.memorySize === null
                ? []
                : [["memory", `the last ${plural(options.memorySize, "embedding")} (CrossBatchMemory)`]]),
              [
                "batches",
                `${options.batchSize}, ${options.sampler === "m-per-class" ? `${options.m} per class` : "random"}` +
                  (options.chunkSize === null ? "" : `, embedded in chunks of ${options.chunkSize}`),
              ],
              ["optimizer", `Adam, learning rate ${options.learningRate}`],
              ["seed", String(options.seed)],
            ],
          ),
        ],
      },
      {
        heading: "Using the head",
        content: [
          code(
            `import { loadHead } from "kindred-cli";\n\nconst head = loadHead(${JSON.stringify(folder)});\nconst embeddings = head.embed(vectors); // { data, rows, cols } or an array of rows`,
          ),
        ],
      },
    ],
  };
}

/** What the doctor said before the first step, and what the monitor found after it. */
function doctorSections({ consultation: { advice, followed }, findings }: TrainedHead): Section[] {
  const followedText =
    followed === null ? "" : ` Its advice was followed: ${followed.remedy.title}. ${followed.advice.verdict}`;
  return [
    {
      heading: "The doctor and the monitor",
      text: `Before the first step: ${advice.verdict}${followedText} ${findings.length === 0 ? "While training, the monitor found nothing to complain of." : ""}`,
      content:
        findings.length === 0
          ? []
          : [
              table(
                ["the monitor found", "since step", "what to do"],
                findings.map(({ message, since, remedy }) => [message, String(since), remedy]),
              ),
            ],
    },
  ];
}
