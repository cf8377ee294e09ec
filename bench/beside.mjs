// Times kindred beside another program that answers as bench.mjs does, in turns, and prints a table in Markdown.
//
//   npm run --silent bench:beside -- --peer "python3 pml_bench.py --pml PATH/src --threads 2" --kind loss \
//     --names SupConLoss,NTXentLoss --n 512 --d 128 --classes 64 --threads 1,2 --rounds 3
//
// In each round every case is run once by the peer and once by kindred for each number of threads, each in a process of its own, so
// that all of them see the same weather. Of the rounds' medians the smallest counts. The ratio is the peer's time over
// kindred's with one thread.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { caseOptions } from "./options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    ...caseOptions,
    peer: { type: "string" },
    "limit-s": { type: "string", default: "20" },
    rounds: { type: "string", default: "3" },
  },
});
if (values.peer === undefined) {
  console.error("--peer is missing; give the command of the program to compare with");
  process.exit(2);
}
const threads = values.threads.split(",");
const shared = ["kind", "n", "d", "classes", "reps", "limit-s"].flatMap((name) => [`--${name}`, values[name]]);

console.log(
  `| name | peer ms | ${threads.map((t) => `kindred ms, ${t} thread${t === "1" ? "" : "s"}`).join(" | ")} | ratio | MB |`,
);
console.log(`|---|---|${threads.map(() => "---|").join("")}---|---|`);
const ratios = [];
for (const name of values.names.split(",")) {
  const peer = { ms: Infinity };
  const own = threads.map(() => ({ ms: Infinity }));
  for (let round = 0; round < +values.rounds && !(peer.ms > 2000 && round > 0); round++) {
    take(peer, run(`${values.peer} --names ${name} ${shared.join(" ")}`));
    threads.forEach((t, k) =>
      take(own[k], run(`node bench/bench.mjs --threads ${t} --names ${name} ${shared.join(" ")}`)),
    );
  }
  const ratio = peer.ms / own[0].ms;
  if (Number.isFinite(ratio)) ratios.push(ratio);
  const cells = [name, show(peer), ...own.map(show), Number.isFinite(ratio) ? `${digits(ratio)}x` : "-"];
  console.log(`| ${cells.join(" | ")} | ${peer.mb ?? "-"} / ${own[0].mb ?? "-"} |`);
}
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(`\nGeometric mean of ${ratios.length} ratios: ${digits(mean)}x; smallest ${digits(Math.min(...ratios))}x.`);

function run(command) {
  const { stdout } = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  return line === undefined ? { error: "no answer" } : JSON.parse(line);
}

function take(best, { medianMs, peakRssMb, error }) {
  if (medianMs !== undefined && medianMs < best.ms) Object.assign(best, { ms: medianMs, mb: peakRssMb });
  if (medianMs === undefined) best.error = error ?? "failed";
}

function show({ ms, error }) {
  return Number.isFinite(ms) ? digits(ms) : (error ?? "-").slice(0, 40);
}

function digits(x) {
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);
}
