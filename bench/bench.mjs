// Times kindred, one JSON line a case, each case in a process of its own.
//
//   npm run --silent bench -- --kind loss --names SupConLoss,NTXentLoss --n 1024 --d 128 --classes 128 --reps 9 --threads 1
//
// kind loss: one forward and backward pass; miner: one mining call; mined: a pass of a loss
// on a miner's tuples (--names MultiSimilarityMiner+ContrastiveLoss); accuracy: one evaluation (precision@1, R-precision,
// MAP@R). Losses and miners are made as the example of their description; --names all: all of the kind. Embeddings are normal, labels uniform, both random. firstMs is the very first call; medianMs and minMs are over the
// repetitions that fit into --limit-s, after a second of warming up; peakRssMb is of the whole process.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { caseOptions } from "./options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    ...caseOptions,
    "limit-s": { type: "string", default: "60" },
    seed: { type: "string", default: "0" },
  },
});
if (!existsSync(`${root}packages/kindred/dist/index.js`)) {
  const { status } = spawnSync(process.execPath, ["scripts/ensure.mjs"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
const { kind, n, d, classes, reps, threads, seed } = values;
for (const name of values.names === "all" ? await allNames(kind) : values.names.split(",")) {
  const given = {
    kind,
    name,
    n: +n,
    d: +d,
    classes: +classes,
    reps: +reps,
    threads: +threads,
    limitS: +values["limit-s"],
    seed: +seed,
  };
  const run = spawnSync(process.execPath, ["bench/case.mjs", JSON.stringify(given)], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.stdout.write(
    run.stdout || `${JSON.stringify({ peer: "kindred", ...given, error: `ended with ${run.status ?? run.signal}` })}\n`,
  );
}

/** The names of all losses or miners that there are. */
async function allNames(kind) {
  const kindred = await import("kindred");
  const names = kindred.describedClasses(kindred, kind).map(({ description }) => description.name);
  if (names.length === 0) throw new Error(`there is no list of --kind ${kind}; give --names`);
  return names;
}
