import { MultipleLosses, type MultipleLossesOptions } from "../../losses/around/multipleLosses.ts";
import type { Loss } from "../../losses/core/loss.ts";

/** Which part of an adversarial training an epoch is: the models alone, then the generator alone, then both. */
export class Phases {
  /** Epochs done so far. */
  epochsDone = 0;
  readonly #metricAlone: number;
  readonly #generatorAlone: number;

  constructor(metricAloneEpochs: number, generatorAloneEpochs: number) {
    this.#metricAlone = metricAloneEpochs;
    this.#generatorAlone = generatorAloneEpochs;
  }

  /** Whether the models that embed and classify are trained. */
  get hasMetric(): boolean {
    return !this.hasGenerator || this.epochsDone >= this.#metricAlone + this.#generatorAlone;
  }

  /** Whether the generator is. */
  get hasGenerator(): boolean {
    return this.epochsDone >= this.#metricAlone;
  }
}

/** A weighted sum of those losses that have their phase. */
export class PhasedLosses extends MultipleLosses {
  readonly #isOn: (name: string) => boolean;

  constructor(losses: Readonly<Record<string, Loss>>, options: MultipleLossesOptions, isOn: (name: string) => boolean) {
    super(losses, options);
    this.#isOn = isOn;
  }

  protected override evaluated(): readonly string[] {
    return super.evaluated().filter((name) => this.#isOn(name));
  }
}
