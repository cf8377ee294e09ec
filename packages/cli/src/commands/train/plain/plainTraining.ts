import { LossMonitor } from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import { columnMeans, fillGaps, gapsIn } from "../../../data/gaps.ts";
import { holdOut, type Split } from "../../../data/holdOut.ts";
import { endIfInterrupted } from "../../../door/interrupt.ts";
import { openProgress } from "../../../terminal/progress.ts";
import { changesOf, judge, queriesOf, readyToJudge } from "../judged/judge.ts";
import { judgementLine } from "../judged/judgedText.ts";
import { outcomeOf, outcomeSentence } from "../judged/outcome.ts";
import type { Trained } from "../judged/trained.ts";
import { withBatchSize, type TrainOptions } from "../options/trainOptions.ts";
import type { KeptRun } from "../runs/keptRun.ts";
import { runIdentity } from "../runs/runIdentity.ts";
import type { Audience } from "../setup/audience.ts";
import { buildParts } from "../setup/buildParts.ts";
import { checkSizes, checkSteps } from "../setup/checkSizes.ts";
import { consult } from "../setup/consult.ts";
import { HeadTraining, stepsOf } from "./headTraining.ts";
import { plainFigures } from "./plainMetrics.ts";
import { plainSections } from "./plainReport.ts";
import { stepsForward } from "./plainSteps.ts";
import { dataLine, doctorLines, findingLine, planLine, resultLines } from "./plainText.ts";
import type { TrainedHead } from "./trainedHead.ts";

/** One training: parts the data, asks the doctor, trains on the one part and judges on the other, before and after. */
export async function trainPlainly(
  data: DataSet,
  given: TrainOptions,
  audience: Audience,
  run: KeptRun,
): Promise<Trained> {
  const head = await learn(data, given, audience, run);
  const outcome = outcomeOf(head);
  return {
    judged: head,
    head: head.model,
    outcome,
    verdict: outcomeSentence(head),
    isGood: outcome === "better" ? true : outcome === "worse" ? false : null,
    steps: stepsForward(head),
    figures: plainFigures(head),
    sections: plainSections(head),
  };
}

async function learn(
  data: DataSet,
  given: TrainOptions,
  { about, terminal, signal }: Audience,
  run: KeptRun,
): Promise<TrainedHead> {
  const say = (...lines: readonly string[]): void => lines.forEach((line) => terminal?.say(line));
  const { seed } = given;
  const halves = withoutGaps(holdOut(data, given.heldOut, given.holdOutBy, seed));
  const queries = queriesOf(halves.test.vectors, (halves.by === "class" ? halves.test : halves.train).labels.length);
  const split = { ...halves, test: readyToJudge(halves.test, queries, seed) };
  const { train, test } = split;

  const asked = withBatchSize(given, train.labels.length);
  checkSizes(asked, train.vectors.cols);
  const patient = { labels: train.labels, columns: train.vectors.cols };
  const consultation = consult(asked, buildParts(asked, train.labels), patient);
  const { options, parts } = consultation;

  const steps = stepsOf(options, parts.sampler);
  checkSteps(steps);
  const monitor = new LossMonitor({ onFinding: (finding) => say(findingLine(finding)) });
  const progress = terminal === null ? [] : [openProgress(terminal, steps)];
  const training = new HeadTraining(options, parts, train, [monitor, ...run.hooks, ...progress]);
  const { isScaled, model } = training;
  say(...about, dataLine(data, split));
  if (isScaled) say("The columns' spreads differ widely: they are brought to one (--scale none leaves them).");
  say(planLine(data, options, steps), ...doctorLines(consultation));
  await training.begin((trainer) => run.begin(trainer, runIdentity(data, train, given)));

  await endIfInterrupted(signal);
  const references = split.by === "class" ? null : train;
  const before = judge(
    { ...test, vectors: training.scaled(test.vectors) },
    references && { ...references, vectors: training.scaled(references.vectors) },
    queries,
  );
  say(`Before: ${judgementLine(before)}`);
  const result = run.whole(await training.run(signal), signal);
  if (result.steps === 0) signal.throwIfAborted();
  say(...resultLines(result), ...run.lines);
  const after = judge(
    { ...test, vectors: training.embed(test.vectors) },
    references && { ...references, vectors: training.embed(references.vectors) },
    queries,
  );
  say(`After:  ${judgementLine(after)}`);
  const change = changesOf(before, after);
  const findings = monitor.findings;
  return { data, split, consultation, isScaled, model, result, findings, before, after, change, seed };
}

/** Both parts with the means of the one that is trained on in the place of missing values: the other is not to be looked at. */
function withoutGaps({ train, test, by }: Split): Split {
  if (gapsIn(train.vectors) + gapsIn(test.vectors) === 0) return { train, test, by };
  const means = columnMeans(train.vectors);
  const whole = (part: DataSet): DataSet => ({ ...part, vectors: fillGaps(part.vectors, means, null) });
  return { train: whole(train), test: whole(test), by };
}
