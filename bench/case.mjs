// One case of bench.mjs, given as JSON.
import * as kindred from "kindred";
import { exampleArguments, exampleLoss } from "../scripts/examples.mjs";

/** V8 compiles what runs often anew while it runs; until then a call takes several times as long. */
const WARM_UP_MS = 1000;

const { kind, name, n, d, classes, reps, threads, limitS, seed } = JSON.parse(process.argv[2]);
const out = { peer: "kindred", kind, name, n, d, classes, threads };
try {
  out.threads = (await kindred.setThreads(threads)).threads;
  const run = build();
  out.firstMs = round(time(run));
  const start = performance.now();
  while (performance.now() - start < Math.min(WARM_UP_MS, (limitS * 1000) / 2)) run();
  const times = [];
  while (times.length < reps && (times.length === 0 || performance.now() - start < limitS * 1000))
    times.push(time(run));
  times.sort((a, b) => a - b);
  out.medianMs = round(times[Math.floor(times.length / 2)]);
  out.minMs = round(times[0]);
  out.reps = times.length;
} catch (error) {
  out.error = error instanceof Error ? error.message : String(error);
}
out.peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify(out));

function build() {
  const random = new kindred.Random(seed);
  const normal = () => ({ data: new Float32Array(n * d).map(() => random.normal()), rows: n, cols: d });
  const embeddings = normal();
  const labels = Int32Array.from({ length: n }, () => random.integer(classes));
  if (kind === "accuracy") {
    const include = ["precisionAt1", "rPrecision", "meanAveragePrecisionAtR"];
    const calculator = new kindred.AccuracyCalculator({ include, k: "max_bin_count" });
    return () => calculator.getAccuracy({ query: embeddings, queryLabels: labels });
  }
  if (kind === "mined") {
    const [minerName, lossName] = name.split("+");
    const tuples = makeMiner(minerName).mine(embeddings, labels);
    const loss = makeLoss(lossName);
    return () => loss.evaluate(embeddings, labels, { tuples });
  }
  if (kind === "miner") {
    const miner = makeMiner(name);
    return () => miner.mine(embeddings, labels);
  }
  const { takes } = described("loss", name).description;
  const scores = Float64Array.from({ length: n }, () => random.uniform());
  const [guideEmbeddings, guideReference] = [embeddings, embeddings];
  const others = { reference: normal(), guideEmbeddings, guideReference };
  const [negatives, guideNegatives, teacher] = [[normal()], [embeddings], [normal()]];
  const teacherScores = { data: new Float32Array(2 * n).map(() => random.normal()), rows: n, cols: 2 };
  const taught = { alike: labels.map((label) => label % 2), negatives, guideNegatives, teacher, teacherScores };
  const [given, columns] = exampleArguments(takes, { labels, scores, ...others, ...taught });
  const loss = makeLoss(name);
  return () => loss.evaluate(embeddings, given, columns);
}

function makeLoss(name) {
  const shape = { embeddingSize: d, numClasses: classes };
  const options = { whenSilent: "ignore", memorySize: Math.max(n, 1024) };
  return exampleLoss(described("loss", name), {
    shape,
    options,
    inner: [new kindred.ContrastiveLoss({ whenSilent: "ignore" })],
  });
}

function makeMiner(name) {
  const MinerClass = described("miner", name);
  return new MinerClass(MinerClass.description.example?.());
}

function described(kind, name) {
  const found = kindred.describedClasses(kindred, kind).find(({ description }) => description.name === name);
  if (found === undefined) throw new Error(`kindred has no ${kind} ${JSON.stringify(name)}`);
  return found;
}

function time(run) {
  const before = performance.now();
  run();
  return performance.now() - before;
}

function round(ms) {
  return Math.round(ms * 1000) / 1000;
}
