import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countClasses, encodeLabels, type Label } from "../../src/index.ts";

describe("encodeLabels", () => {
  it("numbers labels in order of first appearance, and back again", () => {
    const label = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.string({ maxLength: 2 }),
      fc.bigInt(),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(label, { maxLength: 30 }), (labels) => {
        const { codes, classes } = encodeLabels(labels, "labels");
        const distinct = [...new Set<Label>(labels)];
        expect(classes).toEqual(distinct);
        expect(Array.from(codes)).toEqual(labels.map((each) => distinct.findIndex((other) => other === each)));
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("takes labels with gaps, huge values and several kinds", () => {
    const labels = [2 ** 53, -1e300, "", "a", 7n, 2n ** 90n, true, false, 0.5, Infinity];
    const { codes, classes } = encodeLabels([...labels, ...labels], "labels");
    expect(classes).toEqual(labels);
    expect(Array.from(codes)).toEqual([...labels.keys(), ...labels.keys()]);
  });

  it('tells 1 from "1", 1n and true, and takes 0 and -0 for one', () => {
    expect(encodeLabels([1, "1", 1n, true], "labels").classes).toHaveLength(4);
    expect(encodeLabels([0, -0], "labels").classes).toHaveLength(1);
  });

  it("takes typed arrays of any kind", () => {
    for (const labels of [
      Int8Array.of(3, -1, 3),
      Uint32Array.of(3, 4294967295, 3),
      Float64Array.of(3, 0.1, 3),
      BigInt64Array.of(3n, -1n, 3n),
    ])
      expect(Array.from(encodeLabels(labels, "labels").codes)).toEqual([0, 1, 0]);
  });

  it("goes on from known classes, which it leaves as they are", () => {
    const known: Label[] = ["a", "b"];
    const { codes, classes } = encodeLabels(["b", "c", "a", "c"], "referenceLabels", known);
    expect([Array.from(codes), classes, known]).toEqual([
      [1, 2, 0, 2],
      ["a", "b", "c"],
      ["a", "b"],
    ]);
  });

  it("refuses what are no labels, by their place", () => {
    const refused: [unknown, RegExp][] = [
      [null, /labels is null; give an array with one label a row/],
      ["aab", /labels is "aab"/],
      [{ length: 2, 0: 1, 1: 2 }, /labels is an object/],
      [new DataView(new ArrayBuffer(4)), /labels is an object of type DataView/],
      [[1, NaN], /labels\[1\] is NaN; every row needs a label/],
      [Float32Array.of(NaN), /labels\[0\] is NaN/],
      [[1, null], /labels\[1\] is null; a label is a number, a string, a bigint or a boolean/],
      [[undefined], /labels\[0\] is undefined/],
      [[[1]], /labels\[0\] is an array of 1/],
      [[Symbol("a")], /labels\[0\] is Symbol\(a\)/],
    ];
    for (const [labels, sentence] of refused)
      expect(() => encodeLabels(labels as ArrayLike<Label>, "labels")).toThrow(sentence);
  });
});

describe("countClasses", () => {
  it("counts the samples of each class, empty ones too", () => {
    expect(Array.from(countClasses(Int32Array.of(0, 2, 2, 0, 2), 4))).toEqual([2, 0, 3, 0]);
    expect(Array.from(countClasses(new Int32Array(0), 2))).toEqual([0, 0]);
  });
});
