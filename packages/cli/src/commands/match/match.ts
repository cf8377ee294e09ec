import { basename, resolve } from "node:path";
import { Command } from "commander";
import type { Matrix } from "kindred";
import { checkSameWidth } from "../../data/checkVectors.ts";
import { InputError } from "../../door/inputError.ts";
import { runNote } from "../../door/runNote.ts";
import { openDataSet, openVectors } from "../../files/openVectors.ts";
import { claimFile } from "../../files/outputs/outputFile.ts";
import type { NamedPath } from "../../files/places/samePlace.ts";
import { addFlags, flag, flagValues, toggle, type FlagValues } from "../../flags/flag.ts";
import { integer, numberFrom, text } from "../../flags/readers.ts";
import { shared } from "../../flags/shared.ts";
import { embedWithHead } from "../../head/embedWithHead.ts";
import { headFiles } from "../../head/headFiles.ts";
import { loadHead } from "../../head/headFolder.ts";
import { toHtml } from "../../report/page.ts";
import { openCounter } from "../../terminal/counter.ts";
import { besideResult, type Terminal } from "../../terminal/terminal.ts";
import { csvLines, matchColumns, matchesOf, type Match } from "./matchLines.ts";
import { matchReport } from "./matchReport.ts";
import { calibrationSentence, matchVerdict, type MatchSummary } from "./matchText.ts";
import { available, calibrate, matchBlocks, type MatchQuestion } from "./matchVectors.ts";

/** Gallery rows a query, where there are as many. */
const USUAL_K = 5;

const flags = {
  label: flag(
    "--label <column>",
    "the gallery's column with the labels, by name or number from 1 (default: found by its name or content); in the queries it is passed over",
    text,
  ),
  labels: flag("--labels <file>", "a file with the gallery's labels: one a line, .csv or .npy", text),
  ignore: shared.ignore,
  k: flag("--k <count>", `gallery rows a query (default: ${USUAL_K})`, integer(1)),
  threshold: flag("--threshold <score>", "a cosine from which on a gallery row is a match", numberFrom(-1, 1)),
  calibrate: toggle("--calibrate", "find the threshold with the best F1 from the gallery's labels", ["threshold"]),
  head: shared.head,
  json: shared.json,
  out: flag(
    "--out <file>",
    "a file to write the matches to, .csv (with --json: .json), instead of printing them",
    text,
  ),
  report: flag("--report <file>", "a file to write a report with a picture of the best scores to, .html", text),
};
type Given = FlagValues<typeof flags>;

/** `kindred match <gallery> <queries>`. @param args the command line, which the report tells */
export function matchCommand(terminal: Terminal, args: readonly string[]): Command {
  const command = new Command("match")
    .summary("the nearest gallery rows of each query")
    .description(
      "Looks for the gallery rows nearest to each query, by cosine, and prints them as csv: query, rank, galleryRow, label, score, isMatch. " +
        "Rows count from 1, without the header. Given one file as both, no row matches itself.",
    )
    .argument("<gallery>", "vectors to look among: .csv (or .tsv) or .npy, with labels if there are any")
    .argument("<queries>", "vectors to look for: .csv (or .tsv) or .npy");
  return addFlags(command, flags).action((gallery: string, queries: string) =>
    match([gallery, queries], flagValues(command, flags), terminal, args),
  );
}

async function match(
  [galleryPath, queriesPath]: readonly [string, string],
  given: Given,
  terminal: Terminal,
  args: readonly string[],
): Promise<void> {
  const { json, out, report } = given;
  const inputs = inputsOf(galleryPath, queriesPath, given);
  const list = claimFile(out, "--out", inputs);
  const page = claimFile(report, "--report", [...inputs, ["--out", out]]);
  // the matches have standard output to themselves; what is said about them goes beside it
  const words = out === null ? besideResult(terminal) : terminal;
  const question = await open(galleryPath, queriesPath, given);
  const { gallery, labels, k } = question;
  const calibration = given.calibrate ? calibrate(basename(galleryPath), gallery, labels!) : null;
  const threshold = calibration?.threshold ?? given.threshold;
  if (calibration !== null) words.say(calibrationSentence(calibration));
  const total = (question.queries ?? gallery).rows;
  const counter = openCounter(words, "queries", total);
  const bestScores: number[] = [];
  const matches: Match[] = [];
  const lines: string[] = [matchColumns.join(",")];
  const streams = !json && out === null;
  for (const block of matchBlocks(question)) {
    for (let i = 0; i < block.rows; i++) bestScores.push(block.scores[i * k]);
    const found = matchesOf(block, labels, threshold);
    if (json) for (const each of found) matches.push(each);
    else lines.push(csvLines(found));
    if (streams) terminal.print(lines.splice(0).join("\n"));
    counter.advance(block.start + block.rows);
  }
  counter.close();
  const summary: MatchSummary = {
    galleryName: basename(galleryPath),
    galleryRows: gallery.rows,
    queriesName: basename(queriesPath),
    k,
    threshold,
    calibration,
    bestScores,
    matched: threshold === null ? null : bestScores.filter((score) => score >= threshold).length,
  };
  const result = json ? JSON.stringify(figures(summary, matches), null, 2) : lines.join("\n");
  if (list !== null) list.write(`${result}\n`);
  else if (json) terminal.print(result);
  page?.write(toHtml(matchReport(summary, runNote(args))));
  words.say(matchVerdict(summary), "strong");
  const written = [out, report].filter((path) => path !== null);
  if (written.length > 0) words.say(`Written to ${written.join(" and ")}.`);
}

/** What is read, by name. */
function inputsOf(gallery: string, queries: string, { labels, head }: Given): NamedPath[] {
  return [
    ["the gallery", gallery],
    ["the queries", queries],
    ["--labels", labels],
    ...headFiles(head).map((file): NamedPath => ["--head", file]),
  ];
}

/** Reads the files, and embeds what is in them. */
async function open(galleryPath: string, queriesPath: string, given: Given): Promise<MatchQuestion> {
  const { label, labels, ignore } = given;
  const head = given.head === null ? null : loadHead(given.head);
  const gallery = await openGallery(galleryPath, given);
  const isSelf = resolve(galleryPath) === resolve(queriesPath);
  let queries: Matrix | null = null;
  if (!isSelf) {
    // with labels of their own in a file, the gallery's column is no column of the queries
    const columns = { label: labels === null ? label : null, ignore, isOptional: true };
    queries = (await openVectors(queriesPath, columns)).vectors;
    checkSameWidth(galleryPath, gallery.vectors, queriesPath, queries);
  }
  const embedded = {
    gallery: embedWithHead(head, galleryPath, gallery.vectors),
    queries: queries && embedWithHead(head, queriesPath, queries),
  };
  const most = available(embedded);
  const k = given.k ?? Math.min(USUAL_K, most);
  if (k > most || most === 0)
    throw new InputError(
      most === 0
        ? `${galleryPath} has one row, which does not match itself; give a larger gallery`
        : `--k is ${k}, but ${isSelf ? "a row" : "a query"} has ${most} gallery rows to choose from; give k <= ${most}`,
    );
  return { ...embedded, labels: gallery.labels, k };
}

/** The gallery, with its labels where they are needed or there are any. */
async function openGallery(path: string, given: Given): Promise<{ vectors: Matrix; labels: readonly string[] | null }> {
  const { label, labels, ignore, calibrate: calibrates } = given;
  const needsLabels = calibrates || labels !== null;
  return needsLabels ? openDataSet(path, { label, labels, ignore }) : openVectors(path, { label, ignore });
}

/** What --json prints. */
function figures({ bestScores, ...summary }: MatchSummary, matches: readonly Match[]): object {
  return { ...summary, queries: bestScores.length, matches };
}
