import type { Matrix } from "../matrix/matrix.ts";
import type { Loading } from "../state/loading.ts";
import type { StateDict } from "./stateDict.ts";
import type { NamedMatrices } from "./weights/namedMatrices.ts";

/**
 * A model as the training loop sees it: three methods. Whoever owns the weights (an engine's adapter, or plain code)
 * pulls the loss's slope back through it. The other methods are for models that can do more.
 */
export interface Model {
  /** The embeddings of the inputs, n x d. With `isTraining` it keeps what `backward` needs. */
  embed(inputs: Matrix, isTraining?: boolean): Matrix;
  /** Takes d loss / d embeddings of the last `embed` with `isTraining`, and adds to the weights' slopes. */
  backward(gradient: Matrix): void;
  /** Moves the weights by the slopes kept, and forgets the slopes. */
  step(): void;
  /**
   * `embed` and `backward` in one call: embeds the inputs in training mode, asks `slopeOf` for d loss / d embeddings and
   * pulls it back. For engines whose tape lives only inside a call; the loop prefers it where it is there.
   */
  learn?(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix): void;
  /**
   * Where the model's chance stands, such as a dropout's; what it returns puts it back. With it a batch that is embedded in chunks
   * (a Trainer's `chunkSize`) has the same chance when it is embedded again.
   */
  restorePoint?(): () => void;
  /** How far a step goes: what the model's optimizer is set to. A schedule sets it before each step. */
  learningRate?: number | undefined;
  /**
   * The weights by name, live or as copies. Set, the weights of these names take these values. For averages of weights, momentum
   * encoders, freezing.
   */
  parameters?: NamedMatrices | undefined;
  /**
   * The slopes that `backward` has added up since the last `step`, by the names of {@link parameters}. Set, they are what the next
   * `step` moves by; a weight that has none then stays as it is. For clipping, freezing, accumulation.
   */
  gradients?: NamedMatrices | undefined;
  /** All that must be saved to go on later, weights and optimizer; copies. */
  state?(): StateDict | Promise<StateDict>;
  /** Goes on from a saved state; one that is refused changes nothing. @throws TypeError, RangeError when it is not this model's */
  load?(state: StateDict): void | Promise<void>;
  /** Checks a state and changes nothing before it is taken, for models that load at once. */
  prepareLoad?(state: StateDict): Loading;
  /** Forgets the slopes kept without moving the weights: a step failed. Without it they stay, and are in the next step. */
  forget?(): void;
  /** Frees what the model holds outside JavaScript's memory. */
  dispose?(): void;
}
