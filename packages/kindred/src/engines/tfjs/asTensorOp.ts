import {
  customGrad,
  type GradSaveFunc,
  mul,
  scalar,
  type Scalar,
  type Tensor,
  tidy,
  variable,
  type Variable,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { BatchReport } from "../../batch/batchReport.ts";
import type { Loss } from "../../losses/core/loss.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Tuples } from "../../tuples/tuples.ts";
import { fromTensor, toTensor } from "./convert.ts";
import { provideFilterGradient } from "./filterGradient.ts";

/** What a {@link TensorOp} may be given besides embeddings and labels. */
export interface TensorOpOptions {
  /** Pairs or triplets to learn from. */
  readonly tuples?: Tuples;
  /** Embeddings that positives and negatives are taken from, m x d; slopes flow into them too. */
  readonly reference?: Tensor;
  /** One label a row of the reference. */
  readonly referenceLabels?: Labels | Tensor;
}

/** A loss as an operation on tensors, with slopes. */
export interface TensorOp {
  /**
   * The loss as a scalar.
   *
   * @param embeddings n x d
   * @param labels one label a row; null where the loss takes tuples or needs no labels
   */
  (embeddings: Tensor, labels: Labels | Tensor | null, options?: TensorOpOptions): Scalar;
  /** The loss's own parameters as trainable variables. From the making of the operation on they are the true ones. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** What the last batch could teach; null before the first. */
  readonly report: BatchReport | null;
  /** Copies the variables into the loss's parameters: before `loss.state()`, say, since an optimizer moves only the variables. */
  syncParameters(): void;
  /** Copies the variables into the loss's parameters a last time and frees them. */
  dispose(): void;
}

const opsByLoss = new WeakMap<Loss, TensorOp>();

/**
 * Puts a loss into a computation with tensors:
 *
 *     optimizer.minimize(() => asTensorOp(loss)(model.apply(x), labels));
 *
 * The slopes with respect to embeddings, reference and the loss's own parameters are the loss's. The same loss gives the
 * same operation until that is disposed, so that its variables are made once. Each call waits for the backend.
 */
export function asTensorOp(loss: Loss): TensorOp {
  let op = opsByLoss.get(loss);
  if (op === undefined) {
    op = makeTensorOp(loss);
    opsByLoss.set(loss, op);
  }
  return op;
}

function makeTensorOp(loss: Loss): TensorOp {
  const names = Object.keys(loss.parameters);
  const variables = Object.fromEntries(
    names.map((name) => [name, tidy(() => variable(toTensor(loss.parameters[name]), true))]),
  );
  let report: BatchReport | null = null;

  const syncParameters = (): void => {
    for (const name of names) loss.parameters[name].data.set(variables[name].dataSync());
  };

  const call = (embeddings: Tensor, labels: Labels | Tensor | null, options: TensorOpOptions = {}): Scalar => {
    const { tuples, reference } = options;
    provideFilterGradient();
    const evaluate = (...inputs: (Tensor | GradSaveFunc)[]): { value: Scalar; gradFunc: (dy: Tensor) => Tensor[] } => {
      syncParameters();
      const evaluation = loss.evaluate(fromTensor(inputs[0] as Tensor, "embeddings"), readLabels(labels), {
        tuples,
        reference: reference && fromTensor(inputs[1] as Tensor, "reference"),
        referenceLabels: readLabels(options.referenceLabels ?? null) ?? undefined,
      });
      report = evaluation.report;
      const { gradients } = evaluation;
      const gradFunc = (dy: Tensor): Tensor[] => [
        scaled(gradients.embeddings, dy, embeddings),
        ...(reference ? [scaled(gradients.reference, dy, reference)] : []),
        ...names.map((name) => scaled(gradients.parameters[name], dy, variables[name])),
      ];
      return { value: scalar(evaluation.value), gradFunc };
    };
    const own = names.map((name) => variables[name]);
    return customGrad<Scalar>(evaluate)(embeddings, ...(reference ? [reference] : []), ...own);
  };

  const dispose = (): void => {
    if (opsByLoss.get(loss) !== op) return;
    syncParameters();
    for (const name of names) variables[name].dispose();
    opsByLoss.delete(loss);
  };

  const op: TensorOp = Object.defineProperty(Object.assign(call, { variables, syncParameters, dispose }), "report", {
    get: () => report,
  }) as TensorOp;
  return op;
}

function scaled(gradient: Matrix | undefined, dy: Tensor, input: Tensor): Tensor {
  return gradient === undefined ? zerosLike(input) : tidy(() => mul(dy, toTensor(gradient)));
}

function readLabels(labels: Labels | Tensor | null): Labels | null {
  return labels !== null && "dataSync" in labels ? labels.dataSync() : labels;
}
