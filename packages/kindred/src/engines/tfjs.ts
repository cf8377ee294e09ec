/** kindred and TensorFlow.js: reached as `kindred/tfjs`, beside which `@tensorflow/tfjs-core` is installed. */
export { asTensorOp, type TensorOp, type TensorOpOptions } from "./tfjs/asTensorOp.ts";
export { fromFunction, type FromFunctionOptions } from "./tfjs/fromFunction.ts";
export type { TensorModel } from "./tfjs/tensorModel.ts";
export { fromLayersModel, type FromLayersModelOptions } from "./tfjs/fromLayersModel.ts";
export { smallConvNet, type SmallConvNetOptions } from "./tfjs/smallConvNet.ts";
