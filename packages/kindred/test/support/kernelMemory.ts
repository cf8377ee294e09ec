import { expect } from "vitest";
import { floatsAt, heap, type Workspace } from "../../src/kernels/runtime.ts";

/** Floats beside a run that a kernel must leave alone. */
const GUARD = 4;
const UNTOUCHED = 12345;

/** A run of floats in the kernels' memory. */
interface Run {
  readonly pointer: number;
  /** What stands there now. @throws when the floats beside the run have changed */
  readonly values: () => Float32Array;
}

/** Puts numbers into the kernels' memory, at an address that need not be a multiple of 16 bytes, between guards. */
export function put(workspace: Workspace, numbers: ArrayLike<number>, offset = 0): Run {
  const start = workspace.floats(numbers.length + 2 * GUARD + offset);
  heap().fill(UNTOUCHED, start >>> 2, (start >>> 2) + numbers.length + 2 * GUARD + offset);
  const pointer = start + 4 * (GUARD + offset);
  heap().set(numbers, pointer >>> 2);
  const values = (): Float32Array => {
    const all = floatsAt(pointer - 4 * GUARD, numbers.length + 2 * GUARD);
    expect([...all.subarray(0, GUARD), ...all.subarray(GUARD + numbers.length)]).toEqual(
      Array.from({ length: 2 * GUARD }, () => UNTOUCHED),
    );
    return all.slice(GUARD, GUARD + numbers.length);
  };
  return { pointer, values };
}
