/** Times the steps of a run, and nothing between them. */
export class Stopwatch {
  #startedAt = 0;
  #milliseconds = 0;
  #samples = 0;

  reset(): void {
    this.#milliseconds = 0;
    this.#samples = 0;
  }

  start(): void {
    this.#startedAt = performance.now();
  }

  stop(samples: number): void {
    this.#milliseconds += performance.now() - this.#startedAt;
    this.#samples += samples;
  }

  /** Samples a second since the reset; 0 before the first. */
  get samplesPerSecond(): number {
    return this.#milliseconds === 0 ? 0 : (1000 * this.#samples) / this.#milliseconds;
  }
}
