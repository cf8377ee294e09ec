import { Random } from "../../matrix/random.ts";
import { keptRandom } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import type { Loss } from "../core/loss.ts";
import { MultipleLosses, type MultipleLossesOptions } from "./multipleLosses.ts";

/** The weighted sum of some of several losses, drawn anew in each `evaluate`; the others have no slopes then. */
export class DrawnLosses extends MultipleLosses {
  readonly #count: number;
  #random: Random;

  /** @param count how many are drawn; all where there are no more */
  constructor(
    losses: Readonly<Record<string, Loss>>,
    options: MultipleLossesOptions,
    { count, seed }: { readonly count: number; readonly seed: number },
  ) {
    super(losses, options);
    this.#count = count;
    this.#random = new Random(seed);
  }

  override restorePoint(): () => void {
    const [restore, random] = [super.restorePoint(), this.#random.state()];
    return () => {
      restore();
      this.#random = Random.restore(random);
    };
  }

  protected override evaluated(): readonly string[] {
    const names = super.evaluated();
    if (!this.#isDrawing) return names;
    const order = this.#random.shuffle(Uint32Array.from(names, (_, k) => k));
    return Array.from(order.subarray(0, this.#count).sort(), (k) => names[k]);
  }

  protected override get stateRecord(): StateRecord {
    const random = keptRandom({ get: () => this.#random, set: (drawn) => (this.#random = drawn) });
    return { ...super.stateRecord, ...(this.#isDrawing && { random }) };
  }

  get #isDrawing(): boolean {
    return this.#count < Object.keys(this.losses).length;
  }
}
