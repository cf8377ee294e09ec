import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { DataSet } from "../../data/dataSet.ts";
import { openDataSet, type LabelSource } from "../../files/openVectors.ts";
import { flagsOf } from "../../flags/flagsOf.ts";
import { memory } from "../../flags/memory.ts";
import { saveHead } from "../../head/headFolder.ts";
import { toHtml } from "../../report/page.ts";
import { checkResultFolder, MARK, writeResultFolder } from "../../files/resultFolder.ts";
import { territoryNames } from "../../tasks/territoryNames.ts";
import { count, duration, percent, plural } from "../../terminal/format.ts";
import { openProgress, type Progress } from "../../terminal/progress.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { textTable } from "../../terminal/textTable.ts";
import { interruptible } from "../../door/interrupt.ts";
import type { Judgement } from "./judge.ts";
import { checkNames, lossNames, minerNames } from "./parts.ts";
import { trainHead, type TrainedHead } from "./trainHead.ts";
import { trainDefaults, type TrainOptions } from "./trainOptions.ts";
import { metricRows, trainReport, verdictOf } from "./trainReport.ts";
import { integer, integers, jsonObject, list, positive } from "../../flags/readers.ts";

/** What suits the built-in task better than the defaults; the user's own choices go first. */
const builtInChoices: Partial<TrainOptions> = {
  lossOptions: { temperature: 0.05 },
  batchSize: 512,
  epochs: 5,
  learningRate: 0.003,
  size: 128,
  heldOut: 0.5,
};

interface Flags extends Partial<TrainOptions>, Partial<LabelSource> {
  readonly out: string;
  readonly json?: boolean;
}

/** `kindred train [data]`. */
export function trainCommand(terminal: Terminal): Command {
  const { loss, m, epochs, learningRate, size, heldOut, seed } = trainDefaults;
  return new Command("train")
    .summary("train an embedding head on labelled vectors")
    .description(
      "Trains an embedding head (linear, or an MLP with --hidden) on labelled vectors, judges it before and after on what it never saw, " +
        "and writes a folder: the model, metrics.json and report.html. Without data it learns names of territories across languages.",
    )
    .argument("[data]", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels")
    .option(
      "--label <column>",
      "the column with the labels, by name or number from 1 (default: found by its name or content)",
    )
    .option("--labels <file>", "a file with the labels: one a line, .csv or .npy")
    .option("--ignore <columns>", "columns not to be read, separated by commas", list)
    .option("--out <folder>", "where the model and the report go", "kindred-out")
    .option("--loss <name>", `the loss (default: ${loss}): ${lossNames.join(", ")}`)
    .option("--loss-options <json>", `options of the loss, such as '{"temperature":0.1}'`, jsonObject)
    .option("--miner <name>", `a miner (default: none): ${minerNames.join(", ")}`)
    .addOption(
      new Option("--sampler <name>", "how batches are drawn (default: m-per-class)").choices(["m-per-class", "random"]),
    )
    .option("--m <samples>", `samples of a class in a batch (default: ${m})`, integer(1))
    .option("--batch-size <rows>", "rows a batch (default: 128, or fewer where there are few)", integer(2))
    .option(
      "--chunk-size <rows>",
      "rows that the model embeds at a time, when memory is short (default: all)",
      integer(1),
    )
    .option(
      "--memory-size <rows>",
      "earlier embeddings that the loss compares with as well (default: none)",
      integer(1),
    )
    .option("--memory <amount>", "memory that a step may take, such as 8GB, for the doctor's advice", memory)
    .option("--epochs <count>", `how often the data are gone through (default: ${epochs})`, integer(1))
    .option("--steps <count>", "batches to train on, instead of epochs", integer(1))
    .option("--lr <rate>", `learning rate of Adam (default: ${learningRate})`, positive())
    .option("--size <columns>", `columns of the embeddings (default: ${size})`, integer(1))
    .option("--hidden <sizes>", "hidden layers, such as 256 or 256,128 (default: none, a linear head)", integers(1))
    .addOption(
      new Option("--activation <name>", "after each hidden layer (default: relu)").choices(["relu", "tanh", "sigmoid"]),
    )
    .addOption(
      new Option(
        "--scale <how>",
        "bring columns to mean 0 and variance 1; auto: when their spreads differ tenfold",
      ).choices(["auto", "standard", "none"]),
    )
    .option("--held-out <share>", `share held out to judge by (default: ${heldOut})`, positive(1))
    .addOption(
      new Option(
        "--hold-out-by <what>",
        "hold out whole classes or samples of each (default: class, where there are enough)",
      ).choices(["class", "sample"]),
    )
    .option("--seed <number>", `of all that is random (default: ${seed})`, integer(0))
    .option("--auto", "follow the doctor's first advice, where options can")
    .addOption(
      new Option("--scarce <how>", "what becomes of a class with fewer than m samples (default: repeat)").choices([
        "skip",
        "repeat",
        "borrow",
      ]),
    )
    .option("--json", "print metrics.json instead of sentences")
    .action(async (path: string | undefined, given: Record<string, unknown>) => {
      const { lr, memory: memoryBudget, ...others } = given;
      await train(
        path ?? null,
        { ...others, memoryBudget, ...(lr !== undefined && { learningRate: lr }) } as unknown as Flags,
        terminal,
      );
    });
}

async function train(path: string | null, flags: Flags, terminal: Terminal): Promise<void> {
  const { out, json = false, label = null, labels = null, ignore = [], ...choices } = flags;
  const options: TrainOptions = { ...trainDefaults, ...(path === null && builtInChoices), ...choices };
  checkNames(options);
  checkResultFolder(out);
  const say = (line: string): void => (json ? undefined : terminal.say(line));
  const started = performance.now();
  if (path === null)
    say("No data given: learning what the territories of the world are called, from their names in many languages.");
  const data = path === null ? territoryNames() : await openDataSet(path, { label, labels, ignore });
  const head = await interruptible((signal) => watched(data, options, signal, say, json ? null : terminal));
  say("Drawing the report ...");
  const metrics = metricsOf(data, head.consultation.options, head);
  const report = toHtml(trainReport(data, head, out));
  await writeResultFolder(out, (folder) => {
    saveHead(head.model, join(folder, "model"));
    writeFileSync(join(folder, MARK), `${JSON.stringify(metrics, null, 2)}\n`);
    writeFileSync(join(folder, "report.html"), report);
  });
  if (json) return terminal.print(JSON.stringify(metrics, null, 2));
  say("");
  say(textTable(["", "before", "after", "change"], metricRows(head)));
  say("");
  say(terminal.strong(verdictOf(head)));
  say("");
  say(
    `Written to ${out} in ${duration((performance.now() - started) / 1000)}: report.html (open it), metrics.json, and the model in model/.`,
  );
}

/** Trains while saying how it goes. */
async function watched(
  data: DataSet,
  options: TrainOptions,
  signal: AbortSignal,
  say: (line: string) => void,
  terminal: Terminal | null,
): Promise<TrainedHead> {
  let progress: Progress | null = null;
  const head = await trainHead(
    data,
    options,
    {
      onStart({ split, options: chosen, totalSteps, isScaled }) {
        const parts = [split.train, split.test].map(
          (part) => `${count(part.labels.length)} rows of ${plural(new Set(part.labels).size, "class", "classes")}`,
        );
        say(
          `${data.name}: ${count(data.vectors.rows)} vectors of ${plural(data.vectors.cols, "column")}. To train on: ${parts[0]}; held out: ${parts[1]}.`,
        );
        if (isScaled) say("The columns' spreads differ widely: they are brought to one (--scale none leaves them).");
        say(
          `Training ${[data.vectors.cols, ...chosen.hidden, chosen.size].join(" > ")} with ${chosen.loss}, ${plural(totalSteps, "batch", "batches")} of ${chosen.batchSize}.`,
        );
        progress = terminal && openProgress(terminal, totalSteps);
      },
      onAdvice({ advice, followed }) {
        say(`Doctor: ${advice.verdict}`);
        if (followed !== null) say(`Following its advice: ${followed.remedy.title}. ${followed.advice.verdict}`);
        else if (advice.remedies.length > 0)
          say(
            `  Its first advice: ${advice.remedies[0].title} (${flagsOf(advice.remedies[0]) ?? "see kindred doctor"}; --auto follows it).`,
          );
      },
      onFinding({ since, message, remedy }) {
        say(`Monitor: since step ${since}: ${message}. What to do: ${remedy}.`);
      },
      onBefore(before) {
        say(`Before: ${judgementLine(before)}`);
      },
      onStep({ step, value, liveShare, samplesPerSecond }) {
        progress?.advance(step, { loss: value, liveShare, samplesPerSecond });
      },
      onTrained(result) {
        progress?.close();
        if (result.stopReason === "aborted")
          say(`Stopped after ${plural(result.steps, "step")}; what was learned so far is kept.`);
        if (result.silentSteps > 0)
          say(
            `${plural(result.silentSteps, "batch", "batches")} of ${count(result.steps)} (${percent(result.silentSteps / result.steps)}) taught nothing: ` +
              "see what the report says of live anchors.",
          );
      },
    },
    signal,
  );
  say(`After:  ${judgementLine(head.after)}`);
  return head;
}

function judgementLine({ metrics, queries, singletons }: Judgement): string {
  const left = singletons > 0 ? `; ${plural(singletons, "singleton")} left out` : "";
  return `precision@1 ${metrics.precisionAt1.toFixed(3)}, MAP@R ${metrics.meanAveragePrecisionAtR.toFixed(3)} (${plural(queries, "query", "queries")}${left})`;
}

/** What metrics.json holds. */
function metricsOf(
  data: DataSet,
  options: TrainOptions,
  { split, before, after, result, consultation, findings }: TrainedHead,
): object {
  const size = ({ labels }: DataSet): object => ({ rows: labels.length, classes: new Set(labels).size });
  return {
    data: { name: data.name, ...size(data), columns: data.vectors.cols },
    trainedOn: size(split.train),
    heldOut: { by: split.by, ...size(split.test) },
    before,
    after,
    training: {
      steps: result.steps,
      epochs: result.epochs,
      silentSteps: result.silentSteps,
      seconds: result.seconds,
      samplesPerSecond: result.samplesPerSecond,
      stopReason: result.stopReason,
      loss: Array.from(result.history.loss),
      liveShare: Array.from(result.history.liveShare),
    },
    doctor: {
      status: consultation.advice.status,
      verdict: consultation.advice.verdict,
      remedies: consultation.advice.remedies.map(({ name, title, after: outlook }) => ({
        name,
        title,
        after: outlook,
      })),
      followed: consultation.followed?.remedy.name ?? null,
    },
    findings,
    options,
  };
}
