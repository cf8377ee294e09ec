/** Angles of all triplets of a batch, mined or not, in degrees and in PML's names; 0 where there is none. */
export interface AngularFigures {
  readonly averageAngle: number;
  readonly averageAngleAboveThreshold: number;
  readonly averageAngleBelowThreshold: number;
  readonly minAngle: number;
  readonly maxAngle: number;
  /** The standard deviation, unbiased; 0 of a single angle. */
  readonly stdOfAngle: number;
}

export const noAngles: AngularFigures = {
  averageAngle: 0,
  averageAngleAboveThreshold: 0,
  averageAngleBelowThreshold: 0,
  minAngle: 0,
  maxAngle: 0,
  stdOfAngle: 0,
};

/** Collects angles one by one. */
export class AngleFigures {
  /** Sums are of differences from the threshold, so that their squares keep their digits. */
  readonly #threshold: number;
  readonly #above = { count: 0, total: 0 };
  readonly #below = { count: 0, total: 0 };
  #squares = 0;
  #least = Infinity;
  #most = -Infinity;

  /** @param threshold in degrees */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** Adds the angle atan(x / 2y) from x^2 and y^2. */
  add(squaredLength: number, squaredDistance: number, isAbove: boolean): void {
    const angle = (Math.atan(Math.sqrt(squaredLength / squaredDistance) / 2) * 180) / Math.PI;
    const difference = angle - this.#threshold;
    const side = isAbove ? this.#above : this.#below;
    side.count++;
    side.total += difference;
    this.#squares += difference * difference;
    if (angle < this.#least) this.#least = angle;
    if (angle > this.#most) this.#most = angle;
  }

  result(): AngularFigures {
    const [above, below] = [this.#above, this.#below];
    const count = above.count + below.count;
    if (count === 0) return noAngles;
    const mean = (above.total + below.total) / count;
    const average = ({ count, total }: { count: number; total: number }): number =>
      count === 0 ? 0 : this.#threshold + total / count;
    return {
      averageAngle: this.#threshold + mean,
      averageAngleAboveThreshold: average(above),
      averageAngleBelowThreshold: average(below),
      minAngle: this.#least,
      maxAngle: this.#most,
      stdOfAngle: count < 2 ? 0 : Math.sqrt(Math.max(0, this.#squares - count * mean * mean) / (count - 1)),
    };
  }
}
