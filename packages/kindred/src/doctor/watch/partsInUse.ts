import type { LossDescription } from "../../losses/core/lossDescription.ts";

/** A part of a training, by its name. */
interface NamedPart {
  readonly name: string;
}

/** A loss as far as it is looked at; those around losses hold `loss` or `losses`, and may have miners of their own. */
interface NamedLoss extends NamedPart {
  readonly description?: Pick<LossDescription, "options">;
  readonly loss?: NamedLoss;
  readonly losses?: Readonly<Record<string, NamedLoss>>;
  readonly options?: object;
  readonly miners?: Readonly<Record<string, NamedPart | null>>;
}

/** What a training is made of: a trainer's step event has it. */
export interface TrainingParts {
  readonly loss?: NamedPart;
  readonly miner?: NamedPart | null;
  readonly sampler?: NamedPart;
}

/** What is in use already, and so is no remedy. */
export class PartsInUse {
  readonly #losses: readonly NamedLoss[];
  readonly #miner: NamedPart | null;
  readonly #sampler: string | undefined;

  constructor({ loss, miner = null, sampler }: TrainingParts = {}) {
    this.#losses = loss === undefined ? [] : withWrapped(loss);
    this.#miner = miner;
    this.#sampler = sampler?.name;
  }

  /** Whether pairs or triplets are mined, by the training or within the loss. */
  get isMined(): boolean {
    return this.#miner !== null || this.#losses.some(hasMiner);
  }

  /** Whether the sampler is of this class. */
  isSampledBy(name: string): boolean {
    return this.#sampler === name;
  }

  /** Whether the loss is of this class, or one of several is. */
  hasLoss(name: string): boolean {
    return this.#losses.some((loss) => loss.name === name);
  }

  /** Whether a loss has the option; true where nothing is known of the losses. */
  hasOption(option: RegExp): boolean {
    const known = this.#losses.flatMap(({ description }) => (description === undefined ? [] : [description.options]));
    return known.length === 0 || known.some((options) => Object.keys(options).some((name) => option.test(name)));
  }
}

function withWrapped(loss: NamedLoss): NamedLoss[] {
  const within = [...(loss.loss === undefined ? [] : [loss.loss]), ...Object.values(loss.losses ?? {})];
  return [loss, ...within.flatMap(withWrapped)];
}

function hasMiner({ options = {}, miners = {} }: NamedLoss): boolean {
  const own = "miner" in options ? options.miner : null;
  return [own, ...Object.values(miners)].some((miner) => miner !== null && miner !== undefined);
}
