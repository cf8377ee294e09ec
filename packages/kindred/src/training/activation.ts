/** The bend between two layers of an {@link MlpModel}. */
export type Activation = "relu" | "tanh" | "sigmoid" | "linear";

/** A bend and its slope; the slope is told from the bend's output, so that the input need not be kept. */
interface Bend {
  readonly apply: (x: number) => number;
  readonly slope: (output: number) => number;
  /** Variance of a weight, given the layer's inputs and outputs, that keeps the size of signals about constant. */
  readonly variance: (inputs: number, outputs: number) => number;
}

const glorot = (inputs: number, outputs: number): number => 2 / (inputs + outputs);

/** The bends by name. Variances: He et al. (2015) for relu, Glorot and Bengio (2010) for the others. */
export const activations: Readonly<Record<Activation, Bend>> = {
  relu: { apply: (x) => (x > 0 ? x : 0), slope: (y) => (y > 0 ? 1 : 0), variance: (inputs) => 2 / inputs },
  tanh: { apply: Math.tanh, slope: (y) => 1 - y * y, variance: glorot },
  sigmoid: { apply: (x) => 1 / (1 + Math.exp(-x)), slope: (y) => y * (1 - y), variance: glorot },
  linear: { apply: (x) => x, slope: () => 1, variance: glorot },
};
