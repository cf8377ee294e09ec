// What a search for the best head reaches on the same classes as the remedies. See docs/silent-batches.md.
//
//   npm run example:silent-batches:search -- [--seeds 5]
import { parseArgs } from "node:util";
import { setThreads, trainHead } from "kindred";
import { emojiNames } from "./emojiNames.mjs";
import { interval, judge, partClasses } from "./experiment.mjs";

const { values: flags } = parseArgs({ options: { seeds: { type: "string", default: "5" } } });
const seeds = Number(flags.seeds);
if (!Number.isInteger(seeds) || seeds < 2) {
  console.error(`--seeds is ${flags.seeds}; give a whole number from 2 on, an interval needs two`);
  process.exit(2);
}
/** Fixed, so that the figures are the same on any machine; it takes a minute or two. */
const plan = { closedForms: 8, contestants: 3, rounds: [60, 80] };

await setThreads(2);
const data = emojiNames();
const runs = [];
for (let seed = 1; seed <= seeds; seed++) {
  const { train, test } = partClasses(data, seed);
  const raw = judge(test.vectors, test.labels);
  const { embed, seconds, isBetter } = await trainHead({ inputs: train.vectors, labels: train.labels }, { seed, plan });
  const found = judge(embed(test.vectors), test.labels);
  runs.push({ raw, found, seconds });
  console.error(
    `seed ${seed}: MAP@R ${raw.mapAtR.toFixed(4)} to ${found.mapAtR.toFixed(4)}, ${isBetter ? "taken" : "left"}, ${seconds.toFixed(0)} s`,
  );
}

const cell = (of) => {
  const { mean, half } = interval(runs.map(of));
  return `${mean.toFixed(3)} ± ${half.toFixed(3)}`;
};
console.log("| | precision@1 | MAP@R | MAP@R above raw vectors | seconds |");
console.log("|---|---|---|---|---|");
console.log(`| raw vectors | ${cell(({ raw }) => raw.precisionAt1)} | ${cell(({ raw }) => raw.mapAtR)} | | |`);
console.log(
  `| a search | ${cell(({ found }) => found.precisionAt1)} | ${cell(({ found }) => found.mapAtR)} | ${cell(({ raw, found }) => found.mapAtR - raw.mapAtR)} | ${interval(runs.map(({ seconds }) => seconds)).mean.toFixed(0)} |`,
);
