import { Command, Option } from "commander";
import type { DataSet } from "../../data/dataSet.ts";
import { checkSameWidth } from "../../data/checkVectors.ts";
import { openDataSet } from "../../files/openVectors.ts";
import { evaluateReport } from "./evaluateReport.ts";
import { evaluateText } from "./evaluateText.ts";
import { evaluateVectors, type DistanceName, type EvaluateQuestion, type Evaluation } from "./evaluateVectors.ts";
import { embedWithHead } from "../../head/embedWithHead.ts";
import { loadHead } from "../../head/headFolder.ts";
import { InputError } from "../../door/inputError.ts";
import { toHtml } from "../../report/page.ts";
import { openCounter } from "../../terminal/counter.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { checkWritable, writeWhole } from "../../files/writeFile.ts";
import { integer, integers, list } from "../../flags/readers.ts";

interface Flags {
  readonly label?: string;
  readonly labels?: string;
  readonly ignore?: readonly string[];
  readonly reference?: string;
  readonly referenceLabels?: string;
  readonly k?: readonly number[];
  readonly perClass?: boolean;
  readonly clusters?: boolean;
  readonly verification?: boolean;
  readonly head?: string;
  readonly distance: DistanceName;
  readonly seed: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** `kindred evaluate <embeddings>`. */
export function evaluateCommand(terminal: Terminal): Command {
  return new Command("evaluate")
    .summary("how well embeddings tell classes apart")
    .description(
      "Looks for the neighbours of each embedding and tells how many are of its class: precision@k, recall@k, R-precision, MAP@R, MRR and nDCG, " +
        "with 95 % intervals. Every pair is looked at.",
    )
    .argument("<embeddings>", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels")
    .option(
      "--label <column>",
      "the column with the labels, by name or number from 1 (default: found by its name or content)",
    )
    .option("--labels <file>", "a file with the labels: one a line, .csv or .npy")
    .option("--ignore <columns>", "columns not to be read, separated by commas", list)
    .option("--reference <file>", "labelled vectors to look for neighbours among (default: the other embeddings)")
    .option("--reference-labels <file>", "a file with the reference's labels")
    .option(
      "--k <counts>",
      "neighbours for precision@k and recall@k, separated by commas (default: 1,5,10)",
      integers(1),
    )
    .option("--per-class", "list the worst and the best classes")
    .option("--clusters", "compare k-means clusters with the classes, too: NMI and AMI")
    .option("--verification", "judge all pairs by a threshold, too: EER and TAR@FAR 1e-3")
    .option("--head <folder>", "embed the vectors first, with the head that kindred train wrote")
    .addOption(
      new Option("--distance <name>", "how far apart embeddings are")
        .choices(["cosine", "euclidean"])
        .default("cosine"),
    )
    .option("--seed <number>", "of all that is random: intervals, clusters, the picture", integer(0), 0)
    .option("--json", "print all figures as JSON")
    .option("--out <file>", "write a report with pictures, .html")
    .action((path: string, flags: Flags) => evaluate(path, flags, terminal));
}

async function evaluate(path: string, flags: Flags, terminal: Terminal): Promise<void> {
  const { json = false, perClass = false, out } = flags;
  checkWritable(out, "--out");
  const question = await open(path, flags);
  const counter = json ? null : openCounter(terminal, "queries", question.queries.labels.length);
  const evaluation = evaluateVectors(question, (done) => counter?.advance(done));
  counter?.close();
  if (out !== undefined) writeWhole(out, toHtml(evaluateReport(question, evaluation)));
  if (json) return terminal.print(JSON.stringify(figures(question, evaluation, flags), null, 2));
  terminal.print(evaluateText(question, evaluation, { perClass, strong: (text) => terminal.strong(text) }));
  if (out !== undefined) terminal.say(`\nWritten to ${out}.`);
}

/** Reads the files, and embeds what is in them. */
async function open(path: string, flags: Flags): Promise<EvaluateQuestion> {
  const { label = null, labels = null, ignore = [], reference, referenceLabels } = flags;
  if (reference === undefined && referenceLabels !== undefined)
    throw new InputError("--reference-labels is given without --reference; give both or neither");
  const head = flags.head === undefined ? null : loadHead(flags.head);
  const embedded = (from: string, data: DataSet): DataSet => ({
    ...data,
    vectors: embedWithHead(head, from, data.vectors),
    captions: data.labels.map((name, i) => `${name} (row ${i + 1})`),
  });
  const queries = await openDataSet(path, { label, labels, ignore });
  const others =
    reference === undefined
      ? null
      : await openDataSet(reference, { label, labels: referenceLabels ?? null, ignore, isOptional: true });
  if (others !== null) checkSameWidth(path, queries.vectors, reference!, others.vectors);
  return {
    queries: embedded(path, queries),
    reference: others && embedded(reference!, others),
    depths: flags.k ?? null,
    distance: flags.distance,
    clusters: flags.clusters ?? false,
    verification: flags.verification ?? false,
    seed: flags.seed,
  };
}

/** What --json prints. */
function figures(question: EvaluateQuestion, evaluation: Evaluation, { perClass, head }: Flags): object {
  const { queries, reference, distance, seed } = question;
  const described = ({ name, labels, vectors }: DataSet): object => ({
    name,
    rows: labels.length,
    classes: new Set(labels).size,
    columns: vectors.cols,
  });
  const { metrics, evaluated, singletons, verification, classes, faults } = evaluation;
  return {
    data: described(queries),
    reference: reference && described(reference),
    distance,
    head: head ?? null,
    seed,
    queries: evaluation.queries,
    references: evaluation.references,
    evaluated,
    singletons,
    faults,
    metrics: Object.fromEntries(metrics.map(({ name, value, interval }) => [name, { value, ...interval }])),
    ...(verification !== null && { verification }),
    ...(perClass === true && { classes }),
  };
}
