// Writes docs/training.md: what a search for the best head reaches, on four data sets. `npm run docs:training` all of them,
// `-- --only noise,glyphs` those named (the others stay as they are). `--python PATH --peer FILE` runs FILE, a program of torch and
// pytorch-metric-learning, on the same vectors and the same split of the first seed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setThreads, trainHead } from "../packages/kindred/dist/index.js";
import { dataSets } from "./training-data.mjs";

const page = fileURLToPath(new URL("../docs/training.md", import.meta.url));
const SEEDS = 5;
/** Student's t at 97.5 % for so many degrees of freedom. */
const T = [NaN, 12.706, 4.303, 3.182, 2.776];

const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: String(SEEDS) },
    python: { type: "string" },
    peer: { type: "string" },
  },
});
const names = flags.only?.split(",") ?? Object.keys(dataSets);
const unknown = names.find((name) => dataSets[name] === undefined);
if (unknown !== undefined) throw new Error(`there is no set ${unknown}; known: ${Object.keys(dataSets).join(", ")}`);

await setThreads(2);
for (const name of names) {
  const section = await sectionOf(dataSets[name]);
  const text = readFileSync(page, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`docs/training.md has no place for ${name}: ${begin} ... ${end}`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${section}\n\n${text.slice(to)}`);
}

async function sectionOf({ title, about, plan, rows }) {
  const data = rows();
  const results = [];
  for (let seed = 0; seed < Number(flags.seeds); seed++) {
    const result = await trainHead(data, { seed, plan });
    const { before, after } = result.metrics;
    console.log(title, seed, before, after, result.isBetter, result.candidates[0].title, `${result.seconds} s`);
    results.push(result);
  }
  const peer = flags.python && flags.peer ? `\n\n${peerLine(data, results[0])}` : "";
  const classes = new Set(data.labels).size;
  return (
    [
      `## ${title}`,
      `${about[0].toUpperCase()}${about.slice(1)}: ${data.inputs.rows} rows, ${classes} classes, ${data.inputs.cols} columns. ${results.length} seeds; plan ${JSON.stringify(plan)}; ` +
        `a head was better, and taken, in ${results.filter(({ isBetter }) => isBetter).length} of ${results.length}.`,
      judgedTable(results),
      candidatesTable(results),
    ].join("\n\n") + peer
  );
}

/** On classes that neither training nor choice saw. */
function judgedTable(results) {
  const row = (name, of) => `| ${name} | ${interval(results.map((each) => of(each).precisionAt1))} | ${interval(results.map((each) => of(each).meanAveragePrecisionAtR))} |`; // prettier-ignore
  const found = ({ isBetter, metrics }) => (isBetter ? metrics.after : metrics.before);
  const gain = (result) => ({
    precisionAt1: found(result).precisionAt1 - result.metrics.before.precisionAt1,
    meanAveragePrecisionAtR: found(result).meanAveragePrecisionAtR - result.metrics.before.meanAveragePrecisionAtR,
  });
  return [
    "| judged | precision@1 | MAP@R |",
    "|---|---|---|",
    row("the vectors as they are", ({ metrics }) => metrics.before),
    row("what the search found", found),
    row("gained, seed by seed", gain),
  ].join("\n");
}

/** On the rows to choose by. Heads that begin as the best closed form are put together, whichever that was. */
function candidatesTable(results) {
  const scores = new Map();
  for (const { candidates } of results) {
    const best = candidates.find(({ recipe }) => recipe.loss === null).title;
    for (const { title, recipe, score } of candidates) {
      const name = recipe.loss === null ? title : title.replace(best, "the best closed form");
      scores.set(name, [...(scores.get(name) ?? []), score]);
    }
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sorted = [...scores].sort(([, a], [, b]) => mean(b) - mean(a));
  const lines = sorted.map(([name, values]) => `| ${name} | ${interval(values)} | ${values.length} |`);
  return ["| tried, on the rows to choose by | score | seeds |", "|---|---|---|", ...lines].join("\n");
}

/** The mean and its 95 % interval. */
function interval(values) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const said = mean.toFixed(3).replace(/^-(0\.0+)$/, "$1");
  if (n === 1) return said;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return `${said} ± ${(T[Math.min(n, T.length) - 1] * Math.sqrt(variance / n)).toFixed(3)}`;
}

/** The method of the peer's grid that was best on its own held-out classes, and the best of all on the rows that judge. */
function peerLine({ inputs, labels }, { parts, metrics }) {
  const folder = mkdtempSync(join(tmpdir(), "training-table-"));
  try {
    const learned = Int32Array.from([...parts.train, ...parts.choose]).sort();
    const place = (name) => join(folder, name);
    for (const [name, rows] of Object.entries({ train: learned, test: parts.judge })) {
      writeFileSync(place(`${name}.npy`), npyOf(inputs, rows));
      writeFileSync(place(`${name}.txt`), Array.from(rows, (row) => String(labels[row])).join("\n"));
    }
    const [program, ...args] = [flags.peer, "--train", place("train.npy"), "--train-labels", place("train.txt"), "--test", place("test.npy"), "--test-labels", place("test.txt")]; // prettier-ignore
    // four rows of each class fill a batch once, also where a quarter of the classes is kept for choosing
    const size = Math.min(512, 4 * Math.floor(0.75 * new Set(Array.from(learned, (row) => labels[row])).size));
    args.push("--batch-size", String(size));
    if (!existsSync(program)) throw new Error(`there is no ${program}`);
    const { stdout, status, stderr } = spawnSync(flags.python, [program, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
    const tried = stdout.trim().split("\n").map((line) => JSON.parse(line)); // prettier-ignore
    const chosen = tried.reduce((best, each) => (each.val > best.val ? each : best));
    const best = tried.reduce((most, each) => (each.mapr > most.mapr ? each : most));
    const said = ({ method, p1, mapr }) => `${method}: precision@1 ${p1}, MAP@R ${mapr}`;
    const machine = `${cpus().length} x ${cpus()[0].model.trim()}`;
    return (
      `torch and pytorch-metric-learning, the first seed's split, ${new Date().toISOString().slice(0, 10)}, ${machine}: chosen on classes kept from training, ${said(chosen)}; ` +
      `the best of its grid on the rows that judge, ${said(best)}; all of the grid took ${tried.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0)} s of training. ` +
      `The search there: precision@1 ${metrics.after.precisionAt1.toFixed(4)}, MAP@R ${metrics.after.meanAveragePrecisionAtR.toFixed(4)}.`
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function npyOf({ data, cols }, rows) {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${cols}), }`;
  const header = `${shape.padEnd(117)}\n`;
  const out = Buffer.alloc(10 + header.length + 4 * rows.length * cols);
  out.write("\x93NUMPY\x01\x00", "latin1");
  out.writeUInt16LE(header.length, 8);
  out.write(header, 10, "latin1");
  Array.from(rows).forEach((row, i) => {
    for (let j = 0; j < cols; j++) out.writeFloatLE(data[row * cols + j], 10 + header.length + 4 * (i * cols + j));
  });
  return out;
}
