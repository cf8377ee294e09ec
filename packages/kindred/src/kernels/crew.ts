import { argumentsSlot, doneSlot, newControl, NOTHING, type Dismiss, type Hire } from "./hands.ts";
import type { Gemm } from "./instance.ts";
import type { SharedKernels } from "./runtime.ts";

/** Products of fewer multiplications are done by one thread: waking another takes as long. */
const LEAST_PRODUCTS = 2 ** 22;
/** Rows and columns of parts are whole multiples of this (5 and 8 are those of a tile), so that the tiles are the same. */
const PART = 40;
/** How often the end of a part is looked for before its thread is waited for. */
const SPINS = 20_000;
/** A thread that takes longer to start, in milliseconds or a little more, is not to be had. */
const MOST_WAIT_MS = 10_000;

/** Another thread, as this one sees it. */
interface Hand {
  readonly index: number;
  readonly dismiss: Dismiss;
  isGone: boolean;
}

/** Divides matrix products among this thread and others. */
export class Crew {
  /** Why there are fewer threads than were asked for; null: there are not. */
  reason: string | null = null;
  readonly #gemm: Gemm;
  readonly #control: Int32Array;
  #hands: readonly Hand[] = [];
  #asked = 0;

  /**
   * Starts a thread for every one of the kernels' panels, or as many as can be had.
   *
   * @returns when they are ready to work
   */
  static async gather(shared: SharedKernels, hire: Hire): Promise<Crew> {
    const crew = new Crew(shared);
    await crew.#hire(shared, hire);
    return crew;
  }

  private constructor({ kernels, panels }: SharedKernels) {
    this.#gemm = kernels.gemm;
    this.#control = newControl(panels.length);
  }

  /** How many threads there are, this one included. */
  get size(): number {
    return 1 + this.#hands.length;
  }

  readonly gemm: Gemm = (m, n, k, a, ars, acs, b, brs, bcs, c, crs, accumulate, upperOnly) => {
    if ((m * n * k) / (upperOnly ? 2 : 1) < LEAST_PRODUCTS || this.#hands.length === 0) {
      this.#gemm(m, n, k, a, ars, acs, b, brs, bcs, c, crs, accumulate, upperOnly);
      return;
    }
    const byRows = upperOnly || m >= n;
    const bounds = partBounds(byRows ? m : n, this.size, upperOnly);
    const parts = bounds.slice(1).map((end, t): Parameters<Gemm> => {
      const start = bounds[t];
      // what lies left of the diagonal is left out of a part of the upper half
      const [i, j] = [byRows ? start : 0, byRows && !upperOnly ? 0 : start];
      const [rows, cols] = [byRows ? end - start : m, byRows ? n - j : end - start];
      const target = c + 4 * (i * crs + j);
      if (end === start) return NOTHING;
      return [rows, cols, k, a + 4 * i * ars, ars, acs, b + 4 * j * bcs, brs, bcs, target, crs, accumulate, upperOnly];
    });
    this.#ask(parts.slice(1));
    if (parts[0][0] > 0) this.#gemm(...parts[0]);
    this.#waitForAll();
  };

  /** Ends the other threads. The products are this thread's from now on. */
  async dismiss(): Promise<void> {
    const hands = this.#hands;
    this.#hands = [];
    await dismissAll(hands);
  }

  async #hire({ module, memory, panels }: SharedKernels, hire: Hire): Promise<void> {
    const control = this.#control;
    const hired: Hand[] = [];
    try {
      panels.forEach((own, index) => {
        const dismiss = hire({ module, memory, control, index, panels: own }, (why) => this.#lose(hired[index], why));
        hired.push({ index, dismiss, isGone: false });
      });
    } catch (error) {
      this.reason = (error as Error).message;
    }
    // nothing is asked for, to see whether they hear it
    this.#asked = 1;
    Atomics.store(control, 0, this.#asked);
    Atomics.notify(control, 0);
    const isReady = ({ index }: Hand): boolean => Atomics.load(control, doneSlot(index)) === this.#asked;
    await until(() => hired.every((hand) => isReady(hand) || hand.isGone));
    const ready = hired.filter((hand) => isReady(hand) && !hand.isGone);
    if (ready.length < hired.length) this.reason ??= "a thread took too long to start";
    await dismissAll(hired.filter((hand) => !ready.includes(hand)));
    this.#hands = ready.filter((hand) => !hand.isGone);
  }

  /** When a thread ended by itself: all go, as a part given to it would be waited for in vain. */
  #lose(hand: Hand, why: string): void {
    if (hand.isGone) return;
    hand.isGone = true;
    this.reason ??= why;
    void this.dismiss();
  }

  /** Gives each thread its part. */
  #ask(parts: readonly Parameters<Gemm>[]): void {
    const control = this.#control;
    this.#hands.forEach(({ index }, k) => control.set(parts[k].map(Number), argumentsSlot(index)));
    this.#asked = (this.#asked + 1) | 0;
    Atomics.store(control, 0, this.#asked);
    Atomics.notify(control, 0);
  }

  #waitForAll(): void {
    const control = this.#control;
    for (const { index } of this.#hands) {
      const slot = doneSlot(index);
      for (let spin = 0; spin < SPINS && Atomics.load(control, slot) !== this.#asked; spin++);
      for (;;) {
        const done = Atomics.load(control, slot);
        if (done === this.#asked) break;
        Atomics.wait(control, slot, done);
      }
    }
  }
}

/** Looks again and again, a millisecond apart, but not for ever. */
async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; waited < MOST_WAIT_MS && !isSo(); waited++)
    await new Promise((resolve) => setTimeout(resolve, 1));
}

async function dismissAll(hands: readonly Hand[]): Promise<void> {
  for (const hand of hands) hand.isGone = true;
  await Promise.allSettled(hands.map(async (hand) => await hand.dismiss()));
}

/** Where parts begin, and the end: parts of equal work, of a triangle's rows the first are the longest. */
function partBounds(length: number, parts: number, isTriangle: boolean): number[] {
  return Array.from({ length: parts + 1 }, (_, t) => {
    const share = isTriangle ? 1 - Math.sqrt(1 - t / parts) : t / parts;
    return t === parts ? length : Math.min(length, PART * Math.round((share * length) / PART));
  });
}
