import { describe, expect, it } from "vitest";
import { isMatrix, type Matrix } from "../../src/matrix/matrix.ts";
import type { Keeper } from "../../src/state/loading.ts";
import { stateFromBytes, stateToBytes } from "../../src/state/stateBytes.ts";

type AnyState = Readonly<Record<string, unknown>>;

/** A copy of a state in which each of its matrices is another. */
function withMatrices(state: unknown, change: (matrix: Matrix) => unknown): unknown {
  if (isMatrix(state)) return change(state);
  if (typeof state !== "object" || state === null || Array.isArray(state)) return state;
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, withMatrices(value, change)]));
}

const hasMatrix = (state: unknown): boolean => {
  let found = false;
  withMatrices(state, (matrix) => (found ||= matrix.data.length > 0));
  return found;
};

/** States that differ from a sound one in one thing, by what that is. */
function unsoundStates(state: AnyState): Record<string, unknown> {
  const filled = (entry: number) =>
    withMatrices(state, (matrix) => ({ ...matrix, data: matrix.data.map(() => entry) }));
  const names = Object.keys(state);
  return {
    "no object": 3,
    text: "x",
    null: null,
    undefined,
    "a list": [],
    "nothing in it": {},
    "one more name": { ...state, further: 1 },
    "a name __proto__": JSON.parse(`{"__proto__":{"polluted":1},"kind":${JSON.stringify(state["kind"])}}`) as unknown,
    "another kind": { ...state, kind: "SomethingElse" },
    ...Object.fromEntries(names.map((name) => [`no ${name}`, Object.fromEntries(Object.entries(state).filter(([own]) => own !== name))])), // prettier-ignore
    ...Object.fromEntries(names.map((name) => [`a function as ${name}`, { ...state, [name]: () => 1 }])),
    ...Object.fromEntries(names.map((name) => [`NaN as ${name}`, { ...state, [name]: NaN }])),
    ...(hasMatrix(state) && {
      "matrices of NaN": filled(NaN),
      "matrices of Infinity": filled(Infinity),
      "matrices of another shape": withMatrices(state, ({ data, rows, cols }) => ({ data, rows: cols + 1, cols: rows + 1 })), // prettier-ignore
      "matrices that are too short": withMatrices(state, (matrix) => ({ ...matrix, data: matrix.data.slice(1) })),
      "matrices as lists": withMatrices(state, (matrix) => ({ ...matrix, data: Array.from(matrix.data) })),
      "matrices as JSON leaves them": JSON.parse(JSON.stringify(state)) as unknown,
    }),
  };
}

/**
 * Tests what holds for everything that has a state: it goes on from its own, takes no other, and a state that is refused changes
 * nothing.
 *
 * @param used makes one and uses it, so that it has something to keep
 */
export function describeStateContract<S>(name: string, make: () => Keeper<S>, used: () => Keeper<S> = make): void {
  describe(`the state of ${name}`, () => {
    const saved = used().state();

    it("is taken by another of its kind", () => {
      const other = make();
      other.load(saved);
      expect(other.state()).toEqual(saved);
    });

    it("comes back from bytes as it was", () => {
      expect(stateFromBytes(stateToBytes(saved as object))).toStrictEqual(structuredClone(saved));
    });

    it.each(Object.entries(unsoundStates(saved as AnyState)))("is refused with %s, and nothing changes", (_, state) => {
      for (const keeper of [make(), used()]) {
        const before = structuredClone(keeper.state());
        expect(() => keeper.load(state as S)).toThrow(/^(this|the) (is the )?state.{15,}/);
        expect(keeper.state()).toEqual(before);
      }
    });
  });
}
