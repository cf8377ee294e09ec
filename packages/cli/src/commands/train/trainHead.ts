import {
  Adam,
  embedInBatches,
  LossMonitor,
  MlpModel,
  Trainer,
  type Finding,
  type StepEvent,
  type TrainingResult,
} from "kindred";
import type { DataSet } from "../../data/dataSet.ts";
import { holdOut, type Split } from "../../data/holdOut.ts";
import { InputError, atTheDoor } from "../../door/inputError.ts";
import { applyScale, columnScale, foldScale } from "./columnScale.ts";
import { consult, type Consultation } from "./consult.ts";
import { judge, readyToJudge, type Judgement } from "./judge.ts";
import { makeMiner, makeSampler, makeTrainingLoss } from "./parts.ts";
import { withBatchSize, type SizedOptions, type TrainOptions } from "./trainOptions.ts";

/** Is told how a training goes. */
export interface TrainObserver {
  /** The data are parted; `totalSteps` lie ahead. */
  onStart?(plan: {
    readonly split: Split;
    readonly options: SizedOptions;
    readonly totalSteps: number;
    readonly isScaled: boolean;
  }): void;
  /** The doctor has looked at the labels to train on. */
  onAdvice?(consultation: Consultation): void;
  /** The raw vectors are judged. */
  onBefore?(before: Judgement): void;
  onStep?(event: StepEvent): void;
  /** The monitor has found something. */
  onFinding?(finding: Finding): void;
  onTrained?(result: TrainingResult): void;
}

/** What came of a training. */
export interface TrainedHead {
  readonly model: MlpModel;
  readonly split: Split;
  readonly isScaled: boolean;
  readonly before: Judgement;
  readonly after: Judgement;
  readonly result: TrainingResult;
  readonly consultation: Consultation;
  readonly findings: readonly Finding[];
}

/**
 * Trains a head on one part of the data and judges it on the other, before and after.
 *
 * @throws InputError when the options and the data do not go together
 */
export async function trainHead(
  data: DataSet,
  given: TrainOptions,
  observer: TrainObserver = {},
  signal?: AbortSignal,
): Promise<TrainedHead> {
  const halves = holdOut(data, given.heldOut, given.holdOutBy, given.seed);
  const split = { ...halves, test: readyToJudge(halves.test, given.seed) };
  const { train, test } = split;
  const consultation = consult(withBatchSize(given, train.labels.length), train.labels, train.vectors.cols);
  const { options } = consultation;
  const scale = columnScale(train.vectors, options.scale);
  const loss = makeTrainingLoss(options, train.labels);
  const miner = makeMiner(options);
  const sampler = makeSampler(options, train.labels);
  const model = atTheDoor(
    () =>
      new MlpModel({
        inputSize: train.vectors.cols,
        hidden: options.hidden,
        outputSize: options.size,
        activation: options.activation,
        seed: options.seed,
        optimizer: new Adam({ learningRate: options.learningRate }),
      }),
  );
  const monitor = new LossMonitor({ onFinding: (finding) => observer.onFinding?.(finding) });
  const inputs = scale === null ? train.vectors : applyScale(train.vectors, scale);
  const trainer = atTheDoor(
    () =>
      new Trainer({
        model,
        loss,
        sampler,
        miner,
        chunkSize: options.chunkSize,
        hooks: [monitor],
        data: { inputs, labels: train.labels },
        lossOptimizer: new Adam({ learningRate: options.learningRate }),
      }),
  );
  const totalSteps = options.steps ?? options.epochs * sampler.batchesPerEpoch;
  observer.onStart?.({ split, options, totalSteps, isScaled: scale !== null });
  observer.onAdvice?.(consultation);
  const raw = scale === null ? test.vectors : applyScale(test.vectors, scale);
  const before = judge(raw, test.labels);
  observer.onBefore?.(before);
  const result = await run(trainer, totalSteps, observer, signal);
  if (scale !== null) foldScale(model, scale);
  observer.onTrained?.(result);
  const embedded = embedInBatches(model, test.vectors);
  if (!embedded.data.every(Number.isFinite))
    throw new InputError("the training diverged: embeddings are no numbers any more; give a smaller --lr");
  const after = judge(embedded, test.labels);
  const { findings } = monitor;
  return { model, split, isScaled: scale !== null, before, after, result, consultation, findings };
}

async function run(
  trainer: Trainer,
  steps: number,
  observer: TrainObserver,
  signal: AbortSignal | undefined,
): Promise<TrainingResult> {
  const events = trainer.steps({ steps, signal });
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    observer.onStep?.(next.value);
  }
}
