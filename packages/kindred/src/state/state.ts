import type { TypedArray } from "../bytes/arrayTypes.ts";
import type { Label } from "../matrix/labels.ts";
import type { Matrix } from "../matrix/matrix.ts";

/** What an entry of a state can be. */
export type StateValue =
  | Matrix
  | TypedArray
  | readonly number[]
  | readonly Label[]
  | readonly StateValue[]
  | number
  | boolean
  | string
  | null
  | { readonly [name: string]: StateValue };

/**
 * What a loss, a miner or a sampler keeps, as plain typed data that shares no memory with it. `kind` is the name of its class,
 * whose state it is.
 */
export type State = Readonly<Record<string, StateValue>>;
