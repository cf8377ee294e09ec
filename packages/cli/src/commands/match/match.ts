import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import type { Matrix } from "kindred";
import { checkSameWidth } from "../../data/checkVectors.ts";
import { openDataSet, openVectors } from "../../files/openVectors.ts";
import { embedWithHead } from "../../head/embedWithHead.ts";
import { loadHead } from "../../head/headFolder.ts";
import { InputError } from "../../door/inputError.ts";
import { csvLines, matchColumns, matchesOf, type Match } from "./matchLines.ts";
import { matchReport } from "./matchReport.ts";
import { calibrationSentence, matchVerdict, type MatchSummary } from "./matchText.ts";
import { available, calibrate, matchBlocks, type MatchQuestion } from "./matchVectors.ts";
import { toHtml } from "../../report/page.ts";
import { openCounter } from "../../terminal/counter.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { checkWritable, writeWhole } from "../../files/writeFile.ts";
import { integer, list, numberFrom } from "../../flags/readers.ts";

/** Gallery rows a query, where there are as many. */
const USUAL_K = 5;

interface Flags {
  readonly label?: string;
  readonly labels?: string;
  readonly ignore?: readonly string[];
  readonly k?: number;
  readonly threshold?: number;
  readonly calibrate?: boolean;
  readonly head?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly report?: string;
}

/** `kindred match <gallery> <queries>`. */
export function matchCommand(terminal: Terminal): Command {
  return new Command("match")
    .summary("the nearest gallery rows of each query")
    .description(
      "Looks for the gallery rows nearest to each query, by cosine, and prints them as csv: query, rank, galleryRow, label, score, isMatch. " +
        "Rows count from 1, without the header. Given one file as both, no row matches itself.",
    )
    .argument("<gallery>", "vectors to look among: .csv (or .tsv) or .npy, with labels if there are any")
    .argument("<queries>", "vectors to look for: .csv (or .tsv) or .npy")
    .option(
      "--label <column>",
      "the gallery's column with the labels, by name or number from 1 (default: found by its name or content); in the queries it is passed over",
    )
    .option("--labels <file>", "a file with the gallery's labels: one a line, .csv or .npy")
    .option("--ignore <columns>", "columns not to be read, separated by commas", list)
    .option("--k <count>", `gallery rows a query (default: ${USUAL_K})`, integer(1))
    .option("--threshold <score>", "a cosine from which on a gallery row is a match", numberFrom(-1, 1))
    .addOption(
      new Option("--calibrate", "find the threshold with the best F1 from the gallery's labels").conflicts("threshold"),
    )
    .option("--head <folder>", "embed the vectors first, with the head that kindred train wrote")
    .option("--json", "print all figures as JSON")
    .option("--out <file>", "write the matches to a file, .csv (with --json: .json), instead of printing them")
    .option("--report <file>", "write a report with a picture of the best scores, .html")
    .action((gallery: string, queries: string, flags: Flags) => match(gallery, queries, flags, terminal));
}

async function match(galleryPath: string, queriesPath: string, flags: Flags, terminal: Terminal): Promise<void> {
  const { json = false, out, report } = flags;
  checkWritable(out, "--out");
  checkWritable(report, "--report");
  // the matches have standard output to themselves; what is said about them goes beside it
  const say = (line: string): void => (out === undefined ? terminal.complain(line) : terminal.say(line));
  const question = await open(galleryPath, queriesPath, flags);
  const { gallery, labels, k } = question;
  const calibration = flags.calibrate ? calibrate(basename(galleryPath), gallery, labels!) : null;
  const threshold = calibration?.threshold ?? flags.threshold ?? null;
  if (calibration !== null) say(calibrationSentence(calibration));
  const total = (question.queries ?? gallery).rows;
  const counter = openCounter(
    { ...terminal, say, isInteractive: terminal.isInteractive && out !== undefined },
    "queries",
    total,
  );
  const bestScores: number[] = [];
  const matches: Match[] = [];
  const lines: string[] = [matchColumns.join(",")];
  const streams = !json && out === undefined;
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
  if (out !== undefined) writeWhole(out, `${result}\n`);
  else if (json) terminal.print(result);
  if (report !== undefined) writeWhole(report, toHtml(matchReport(summary)));
  say(terminal.strong(matchVerdict(summary)));
  const written = [out, report].filter((path) => path !== undefined);
  if (written.length > 0) say(`Written to ${written.join(" and ")}.`);
}

/** Reads the files, and embeds what is in them. */
async function open(galleryPath: string, queriesPath: string, flags: Flags): Promise<MatchQuestion> {
  const { label = null, labels = null, ignore = [] } = flags;
  const head = flags.head === undefined ? null : loadHead(flags.head);
  const gallery = await openGallery(galleryPath, flags);
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
  const k = flags.k ?? Math.min(USUAL_K, most);
  if (k > most || most === 0)
    throw new InputError(
      most === 0
        ? `${galleryPath} has one row, which does not match itself; give a larger gallery`
        : `--k is ${k}, but ${isSelf ? "a row" : "a query"} has ${most} gallery rows to choose from; give k <= ${most}`,
    );
  return { ...embedded, labels: gallery.labels, k };
}

/** The gallery, with its labels where they are needed or there are any. */
async function openGallery(path: string, flags: Flags): Promise<{ vectors: Matrix; labels: readonly string[] | null }> {
  const { label = null, labels = null, ignore = [] } = flags;
  const needsLabels = flags.calibrate === true || labels !== null;
  return needsLabels ? openDataSet(path, { label, labels, ignore }) : openVectors(path, { label, ignore });
}

/** What --json prints. */
function figures({ bestScores, ...summary }: MatchSummary, matches: readonly Match[]): object {
  return { ...summary, queries: bestScores.length, matches };
}
