import type { Matrix } from "../matrix/matrix.ts";
import type { Model } from "./model.ts";

/** A model that can stand behind another one: it says what its slope is with respect to what it was given. */
export interface Stage extends Model {
  /** `backward`, and returns d loss / d inputs, of the inputs' shape. */
  backwardToInputs(gradient: Matrix): Matrix;
  /** Forgets the slopes kept without moving the weights. */
  forget(): void;
}
