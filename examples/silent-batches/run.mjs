// Does following the doctor's advice pay, and is its order right? See docs/silent-batches.md.
//
//   npm run example:silent-batches -- [--seeds 5] [--quick] [--json]
import { parseArgs } from "node:util";
import { advise, classCounts, forecastBatches, SupConLoss } from "kindred";
import { emojiNames } from "./emojiNames.mjs";
import { EMBEDDING_SIZE, chooseRate, coarser, interval, judge, partClasses, trainWith } from "./experiment.mjs";

const { values: flags } = parseArgs({
  options: { seeds: { type: "string" }, quick: { type: "boolean" }, json: { type: "boolean" } },
});
const seeds = Number(flags.seeds ?? (flags.quick ? 2 : 5));
if (!Number.isInteger(seeds) || seeds < 2) {
  console.error(`--seeds is ${flags.seeds}; give a whole number from 2 on, an interval needs two`);
  process.exit(2);
}
/** Samples that each training sees: about one epoch. */
const samples = flags.quick ? 6_000 : 60_000;

const began = performance.now();
const tell = (line) => console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`);

const data = emojiNames();
const parts = Array.from({ length: seeds }, (_, k) => partClasses(data, k + 1));
const counts = classCounts(parts[0].train.labels);
const batchSize = silentBatch(counts);
const loss = new SupConLoss();
const advice = advise(counts, { batchSize, loss, embeddingSize: EMBEDDING_SIZE });
tell(advice.verdict);

const arms = armsOf(advice);
for (const arm of arms) {
  arm.learningRate =
    arm.rateOf === undefined
      ? await chooseRate((learningRate) => trained(arm, 0, learningRate, "validation"))
      : arms.find(({ name }) => name === arm.rateOf).learningRate;
  arm.runs = [];
  for (let seed = 1; seed <= seeds; seed++) arm.runs.push(await trained(arm, seed, arm.learningRate, "test"));
  const { mapAtR, seconds } = figuresOf(arm);
  tell(
    `${arm.name}: learning rate ${arm.learningRate}, MAP@R ${mapAtR.mean.toFixed(4)}, ${seconds.mean.toFixed(1)} s a run`,
  );
}
const raw = parts.map(({ test }) => judge(test.vectors, test.labels));
report();

/** The largest power of two with which most random batches are silent. */
function silentBatch(trainCounts) {
  let size = 2;
  while (forecastBatches(trainCounts, { batchSize: 2 * size, loss: new SupConLoss() }).silent.value > 0.5) size *= 2;
  return size;
}

/** Random batches, each remedy as the doctor ranks them, other sizes of a group, and remedies together. */
function armsOf({ remedies }) {
  const settings = { batchSize };
  const ranked = remedies
    .map((remedy, k) => ({
      name: `${k + 1}. ${remedy.name}`,
      remedy: remedy.name,
      after: remedy.after,
      ...changes(remedy),
    }))
    .filter((arm) => arm.settings !== null);
  const larger = ranked.find(({ remedy }) => remedy === "larger-batch");
  const balanced = ranked.find(({ remedy }) => remedy === "balanced-sampling");
  const memory = ranked.find(({ remedy }) => remedy === "cross-batch-memory");
  // half of the memory that the larger batch takes, of which activations are the most by far
  const bytesPerSample = 1e6;
  const tight = { bytesPerSample, memoryBudget: (larger.settings.batchSize * bytesPerSample) / 2 };
  const chunked = advise(counts, { batchSize, loss, embeddingSize: EMBEDDING_SIZE, ...tight }).remedies.find(
    ({ name }) => name === "cached-gradients",
  );
  return [
    { name: "random batches", settings },
    ...ranked,
    { name: "cached-gradients", settings: { ...settings, ...chunked.settings }, rateOf: larger.name },
    ...[2, 4, 8]
      .filter((m) => m !== balanced.settings.m)
      .map((m) => ({ name: `balanced, m ${m}`, settings: { ...balanced.settings, m } })),
    { name: "balanced and a memory", settings: { ...balanced.settings, memorySize: memory.settings.memorySize } },
    { name: "balanced, batch 512", settings: { ...balanced.settings, batchSize: 512 } },
  ];
}

/** What a remedy changes: options, or wider labels; settings null: nothing to train with. */
function changes({ name, settings, title }) {
  if (settings !== null) return { settings: { batchSize, ...settings } };
  if (name !== "label-range") return { settings: null };
  const classes = Number(/at most ([\d,]+) classes/.exec(title)[1].replaceAll(",", ""));
  return { settings: { batchSize }, classes };
}

async function trained({ settings, classes }, seed, learningRate, part) {
  const { train, [part]: judged } = parts[Math.max(0, seed - 1)];
  const labelled = classes === undefined ? train : { ...train, labels: coarser(train.labels, classes) };
  return trainWith(settings, labelled, judged, { samples, seed, learningRate });
}

function figuresOf({ runs }) {
  const of = (key) => interval(runs.map((run) => run[key]));
  return {
    precisionAt1: of("precisionAt1"),
    mapAtR: of("mapAtR"),
    silentShare: of("silentShare").mean,
    steps: runs[0].steps,
    seconds: of("seconds"),
  };
}

function report() {
  const rawFigures = {
    precisionAt1: interval(raw.map(({ precisionAt1 }) => precisionAt1)),
    mapAtR: interval(raw.map(({ mapAtR }) => mapAtR)),
  };
  const rows = arms.map((arm) => ({
    name: arm.name,
    settings: arm.settings,
    ...(arm.classes !== undefined && { classes: arm.classes }),
    promised: arm.after ?? null,
    learningRate: arm.learningRate,
    ...figuresOf(arm),
    // seed by seed against random batches: the same classes held out
    gain: interval(arm.runs.map(({ mapAtR }, k) => mapAtR - arms[0].runs[k].mapAtR)),
  }));
  if (flags.json) {
    const seconds = (performance.now() - began) / 1000;
    console.log(
      JSON.stringify({ verdict: advice.verdict, batchSize, samples, seeds, seconds, raw: rawFigures, rows }, null, 2),
    );
    return;
  }
  const cell = ({ mean, half }) => `${mean.toFixed(3)} ± ${half.toFixed(3)}`;
  console.log(advice.verdict);
  console.log(
    `${samples.toLocaleString("en-US")} samples seen by each training, ${seeds} seeds, mean and 95 % interval.\n`,
  );
  console.log(
    "| | learning rate | precision@1 | MAP@R | MAP@R above random batches | silent steps | steps | seconds |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  console.log(`| raw vectors | | ${cell(rawFigures.precisionAt1)} | ${cell(rawFigures.mapAtR)} | | | | |`);
  for (const { name, learningRate, precisionAt1, mapAtR, gain, silentShare, steps, seconds } of rows)
    console.log(
      `| ${name} | ${learningRate} | ${cell(precisionAt1)} | ${cell(mapAtR)} | ${cell(gain)} | ${(100 * silentShare).toFixed(0)} % | ${steps} | ${seconds.mean.toFixed(1)} |`,
    );
}
