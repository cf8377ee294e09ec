import { Command } from "commander";
import { checkSameWidth } from "../../data/checkVectors.ts";
import type { DataSet } from "../../data/dataSet.ts";
import { InputError } from "../../door/inputError.ts";
import { runNote } from "../../door/runNote.ts";
import { openDataSet } from "../../files/openVectors.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import type { NamedPath } from "../../files/places/samePlace.ts";
import { addFlags, choice, flag, flagValues, toggle, type FlagValues } from "../../flags/flag.ts";
import { integers, seedNumber, text } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { embedWithHead } from "../../head/embedWithHead.ts";
import { headFiles } from "../../head/headFiles.ts";
import { loadHead } from "../../head/headFolder.ts";
import { toHtml } from "../../report/page.ts";
import { openCounter } from "../../terminal/counter.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { evaluateReport } from "./evaluateReport.ts";
import { evaluateText, evaluateVerdict } from "./evaluateText.ts";
import { evaluateVectors, type DistanceName, type EvaluateQuestion, type Evaluation } from "./evaluateVectors.ts";

const flags = {
  label: shared.label,
  labels: shared.labels,
  ignore: shared.ignore,
  reference: flag(
    "--reference <file>",
    "labelled vectors to look for neighbours among (default: the other embeddings)",
    text,
  ),
  referenceLabels: flag("--reference-labels <file>", "a file with the reference's labels", text),
  k: flag(
    "--k <counts>",
    "neighbours for precision@k and recall@k, separated by commas (default: 1,5,10)",
    integers(1),
  ),
  perClass: toggle("--per-class", "list the worst and the best classes"),
  clusters: toggle("--clusters", "compare k-means clusters with the classes, too: NMI and AMI"),
  verification: toggle("--verification", "judge all pairs by a threshold, too: EER and TAR@FAR 1e-3"),
  head: shared.head,
  distance: choice<DistanceName>(
    "--distance <name>",
    "how far apart embeddings are",
    ["cosine", "euclidean"],
    "cosine",
  ),
  seed: flag("--seed <number>", "of all that is random: intervals, clusters, the picture", seedNumber, 0),
  json: shared.json,
  out: shared.report,
};
type Given = FlagValues<typeof flags>;

/** Pairs of confused classes that --json prints. */
const MOST_PAIRS = 100;

/** `kindred evaluate <embeddings>`. @param args the command line, which the report tells */
export function evaluateCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("evaluate")
    .summary("how well embeddings tell classes apart")
    .description(
      "Looks for the neighbours of each embedding and tells how many are of its class: precision@k, recall@k, R-precision, MAP@R, MRR and nDCG, " +
        "with 95 % intervals. Every pair is looked at.",
    )
    .argument("<embeddings>", "vectors: .csv (or .tsv) with a column of labels, or .npy with --labels");
  return addFlags(command, flags).action((path: string) => evaluate(path, flagValues(command, flags), terminal, args));
}

async function evaluate(path: string, given: Given, terminal: Terminal, args: readonly string[]): Promise<void> {
  const { json, perClass, out } = given;
  const page = claimFile(out, "--out", inputsOf(path, given));
  const question = await open(path, given);
  const counter = json ? null : openCounter(terminal, "queries", question.queries.labels.length);
  const evaluation = evaluateVectors(question, (done) => counter?.advance(done));
  counter?.close();
  page?.write(toHtml(evaluateReport(question, evaluation, runNote(args))));
  if (json) return terminal.print(JSON.stringify(figures(question, evaluation, given), null, 2));
  terminal.say(`${evaluateText(question, evaluation, { perClass, width: terminal.width })}\n`);
  terminal.say(evaluateVerdict(evaluation), "strong");
  if (out !== null) terminal.say(`\nWritten to ${out}.`);
}

/** What is read, by name. */
function inputsOf(path: string, { labels, reference, referenceLabels, head }: Given): NamedPath[] {
  return [
    ["the embeddings", path],
    ["--labels", labels],
    ["--reference", reference],
    ["--reference-labels", referenceLabels],
    ...headFiles(head).map((file): NamedPath => ["--head", file]),
  ];
}

/** Reads the files, and embeds what is in them. */
async function open(path: string, given: Given): Promise<EvaluateQuestion> {
  const { label, labels, ignore, reference, referenceLabels } = given;
  if (reference === null && referenceLabels !== null)
    throw new InputError("--reference-labels is given without --reference; give both or neither");
  const head = given.head === null ? null : loadHead(given.head);
  const embedded = (from: string, data: DataSet): DataSet => ({
    ...data,
    vectors: embedWithHead(head, from, data.vectors),
    captions: data.labels.map((name, i) => `${name} (row ${i + 1})`),
  });
  const queries = await openDataSet(path, { label, labels, ignore });
  const others =
    reference === null
      ? null
      : await openDataSet(reference, { label, labels: referenceLabels, ignore, isOptional: true });
  if (others !== null) checkSameWidth(path, queries.vectors, reference!, others.vectors);
  return {
    queries: embedded(path, queries),
    reference: others && embedded(reference!, others),
    depths: given.k,
    distance: given.distance,
    clusters: given.clusters,
    verification: given.verification,
    seed: given.seed,
  };
}

/** What --json prints. */
function figures(question: EvaluateQuestion, evaluation: Evaluation, { perClass, head }: Given): object {
  const { queries, reference, distance, seed } = question;
  const described = ({ name, labels, vectors }: DataSet): object => ({
    name,
    rows: labels.length,
    classes: new Set(labels).size,
    columns: vectors.cols,
  });
  const { metrics, evaluated, singletons, confusions, verification, classes, faults } = evaluation;
  return {
    data: described(queries),
    reference: reference && described(reference),
    distance,
    head,
    seed,
    queries: evaluation.queries,
    references: evaluation.references,
    evaluated,
    singletons,
    faults,
    metrics: Object.fromEntries(metrics.map(({ name, value, interval }) => [name, { value, ...interval }])),
    // rows count from 1, as in the output of match
    confusions: confusions.slice(0, MOST_PAIRS).map(({ examples, ...pair }) => ({
      ...pair,
      examples: examples.map(({ query, reference: row }) => ({ query: query + 1, reference: row + 1 })),
    })),
    ...(verification !== null && { verification }),
    ...(perClass && { classes }),
  };
}
