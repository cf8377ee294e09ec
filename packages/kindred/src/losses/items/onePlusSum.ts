/** log(1 + sum e^x) of numbers that come one by one, the largest taken out; 0 of none. */
export class OnePlusSum {
  #largest = 0;
  #sum = 1;

  add(x: number): void {
    if (x <= this.#largest) {
      this.#sum += Math.exp(x - this.#largest);
      return;
    }
    this.#sum = this.#sum * Math.exp(this.#largest - x) + 1;
    this.#largest = x;
  }

  get log(): number {
    return this.#largest + Math.log(this.#sum);
  }

  /** e^x / (1 + sum e^x), the slope of the logarithm by one of its numbers. */
  share(x: number): number {
    return Math.exp(x - this.#largest) / this.#sum;
  }
}
