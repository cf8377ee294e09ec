import { checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
import { Adam } from "../../training/adam.ts";
import type { Optimizer } from "../../training/optimizer.ts";
import { checkInputShape, type InputShape } from "../shapes/inputShape.ts";
import { type Apply, JaxModel } from "./jaxModel.ts";
import type { ParameterTree } from "./parameterTree.ts";

/** Options of {@link fromFunction}. */
export interface FromFunctionOptions<P extends ParameterTree> {
  /** What the function computes with: arrays of float32, alone or in objects and lists. They are consumed. */
  readonly parameters: P;
  /** Moves the weights; default `new Adam()`. It belongs to this model alone. */
  readonly optimizer?: Optimizer;
  /** Shape of one input, each row of the inputs is laid out in it: `[28, 28, 1]`; default null: the row as it is. */
  readonly inputShape?: InputShape;
  /**
   * Compiles the function, once for each number of rows; default true. What it draws or looks up is then as it was when it was
   * compiled: false for a function that draws anew in each call, such as dropout.
   */
  readonly jit?: boolean;
}

/**
 * A model from a function of arrays of jax-js and the parameters it computes with.
 *
 *     const w = random.normal(random.key(0), [64, 16]);
 *     const model = fromFunction(({ w }, x) => numpy.matmul(x, w), { parameters: { w }, optimizer: new SGD() });
 *
 * The function follows the rules of jax-js: an array is consumed where it is used, so one that is used twice is `x.ref` the first
 * time, one that is not used is disposed of. The slopes are `vjp`'s, the steps an optimizer's of kindred. A step runs the function
 * once, also where `embed(inputs, true)` and `backward` are called apart.
 *
 * jax-js computes in WebAssembly, without being set up, or on what `defaultDevice` says.
 *
 * @param apply from parameters, inputs (n x inputShape) and whether it is for training, to embeddings (n x d)
 * @throws TypeError, RangeError when something is missing, or the parameters are no arrays of float32
 */
export function fromFunction<P extends ParameterTree>(apply: Apply<P>, options: FromFunctionOptions<P>): JaxModel<P> {
  const defaults: Partial<FromFunctionOptions<P>> = {
    parameters: undefined,
    optimizer: new Adam(),
    inputShape: null,
    jit: true,
  };
  const { parameters, optimizer, inputShape, jit } = withDefaults<Partial<FromFunctionOptions<P>>>(
    options,
    defaults,
    "fromFunction",
  );
  if (typeof apply !== "function")
    throw new TypeError(`fromFunction was given ${describe(apply)}; give a function of arrays of jax-js`);
  if (parameters === undefined)
    throw new TypeError("parameters is undefined; give the arrays that the function computes with");
  if (typeof optimizer?.update !== "function")
    throw new TypeError(`optimizer is ${describe(optimizer)}; give an optimizer of kindred, such as new Adam()`);
  checkOneOf(jit, "jit", [true, false]);
  return new JaxModel(apply, parameters, {
    optimizer,
    inputShape: checkInputShape(inputShape ?? null),
    jit: jit === true,
  });
}
