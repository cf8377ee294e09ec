import type { ExampleShape, Loss, LossDescription, Takes } from "../packages/kindred/src/index.ts";

/** A class of losses that says what it is. */
export interface LossClass<L extends Loss = Loss> {
  new (...given: never[]): L;
  readonly name: string;
  readonly prototype: object;
  readonly description: LossDescription;
}

/** A loss as the example of its description makes it, with options over it and around other losses where it wraps them. */
export function exampleLoss(
  LossClass: LossClass,
  given: { readonly shape: ExampleShape; readonly options?: object; readonly inner?: readonly Loss[] },
): Loss;

/** What `evaluate` is given besides embeddings: of the columns offered those that a loss that takes this must be given. */
export function exampleArguments<C extends object>(
  takes: Takes,
  offered: C & { readonly labels: unknown },
): [labels: never, columns: Partial<C>];
