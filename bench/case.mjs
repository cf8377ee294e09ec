// One case of bench.mjs, given as JSON.
import * as kindred from "kindred";

/** V8 compiles what runs often anew while it runs; until then a call takes several times as long. */
const WARM_UP_MS = 1000;

const { kind, name, n, d, classes, reps, threads, limitS, seed } = JSON.parse(process.argv[2]);
const out = { peer: "kindred", kind, name, n, d, classes, threads };
try {
  out.threads = await kindred.setThreads(threads);
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
  const embeddings = { data: new Float32Array(n * d).map(() => random.normal()), rows: n, cols: d };
  const labels = Int32Array.from({ length: n }, () => random.integer(classes));
  if (kind === "accuracy") {
    const include = ["precisionAt1", "rPrecision", "meanAveragePrecisionAtR"];
    const calculator = new kindred.AccuracyCalculator({ include, k: "max_bin_count" });
    return () => calculator.getAccuracy({ query: embeddings, queryLabels: labels });
  }
  if (kind === "mined") {
    const [minerName, lossName] = name.split("+");
    const tuples = new (classOf(minerName))().mine(embeddings, labels);
    const loss = new (classOf(lossName))(optionsOf(lossName));
    return () => loss.evaluate(embeddings, labels, { tuples });
  }
  if (kind === "miner") {
    const miner = new (classOf(name))();
    return () => miner.mine(embeddings, labels);
  }
  const loss = new (classOf(name))(optionsOf(name));
  return /Manifold|VICReg/.test(name) ? () => loss.evaluate(embeddings, null) : () => loss.evaluate(embeddings, labels);
}

function classOf(name) {
  if (typeof kindred[name] !== "function") throw new Error(`kindred has no ${JSON.stringify(name)}`);
  return kindred[name];
}

/** What some losses cannot be made without. */
function optionsOf(name) {
  const options = { whenSilent: "ignore" };
  if (/Face|Softmax|Proxy|SoftTriple/.test(name)) return { ...options, numClasses: classes, embeddingSize: d };
  if (name === "P2SGradLoss") return { ...options, numClasses: classes, descriptorsDim: d };
  if (name === "ManifoldLoss") return { ...options, l: d };
  if (name === "RankedListLoss") return { ...options, margin: 0.4, Tn: 10 };
  return options;
}

function time(run) {
  const before = performance.now();
  run();
  return performance.now() - before;
}

function round(ms) {
  return Math.round(ms * 1000) / 1000;
}
