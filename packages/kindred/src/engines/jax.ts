/** kindred and jax-js: reached as `kindred/jax`, beside which `@jax-js/jax` is installed. */
export { fromFunction, type FromFunctionOptions } from "./jax/fromFunction.ts";
export type { JaxModel } from "./jax/jaxModel.ts";
export type { ParameterTree } from "./jax/parameterTree.ts";
export { smallConvNet, type SmallConvNetOptions } from "./jax/smallConvNet.ts";
