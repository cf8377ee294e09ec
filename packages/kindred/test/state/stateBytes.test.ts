import { describe, expect, it } from "vitest";
import { arraysFromBytes, arraysToBytes } from "../../src/bytes/arrayFile.ts";
import { tensorsToBytes } from "../../src/bytes/safetensors.ts";
import { stateFromBytes, stateToBytes } from "../../src/state/stateBytes.ts";
import { bitFlips, cuts, otherViews, randomDamage } from "../bytes/damage.ts";

const everything = {
  kind: "Everything",
  numbers: {
    negativeZero: -0,
    nan: NaN,
    infinity: Infinity,
    minus: -Infinity,
    tiny: 5e-324,
    huge: 2 ** 80 + 0,
    third: 1 / 3,
  },
  words: ["", "ä", "\ud800", '"', "__proto__"],
  flags: [true, false, null],
  labels: [1, "1", 2n ** 70n, -3n, -0, true],
  short: [1, -0, NaN],
  long: Array.from({ length: 100 }, (_, k) => (k % 3 === 0 ? -0 : k % 3 === 1 ? NaN : Math.sqrt(k))),
  mixed: Array.from({ length: 100 }, (_, k) => (k === 50 ? "fifty" : k)),
  nested: [[[]], [{ deep: [{ matrix: { data: Float32Array.of(-0, NaN), rows: 1, cols: 2 } }] }]],
  matrix: { data: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, cols: 3 },
  noMatrix: { data: Float64Array.of(1), rows: 1, cols: 1 },
  matrixAndMore: { data: Float32Array.of(1), rows: 1, cols: 1, more: 1 },
  empty: { record: {}, list: [], floats: new Float64Array(0), matrix: { data: new Float32Array(0), rows: 0, cols: 4 } },
  float64: Float64Array.of(-0, NaN, 1 / 3),
  int32: Int32Array.of(-5),
  uint8: Uint8Array.of(255),
  bigs: BigInt64Array.of(-(2n ** 63n)),
  "a.b": Float32Array.of(1),
  a: { b: Float32Array.of(2), "b#2": Float32Array.of(3) },
  __metadata__: Float32Array.of(4),
};
const withProto: object = Object.fromEntries<unknown>([
  ["__proto__", { data: Float32Array.of(7), rows: 1, cols: 1 }],
  ["x", 1],
]);
const small = { kind: "Small", W: { data: Float32Array.of(1, 2), rows: 1, cols: 2 }, steps: [3, -0], name: "x" };
const bytes = stateToBytes(small);

describe("a state as bytes", () => {
  it("comes back as it was, to the last bit and of the same types", () => {
    expect(stateFromBytes(stateToBytes(everything))).toStrictEqual(everything);
    const floats = stateFromBytes(stateToBytes({ floats: everything.float64 })).floats as Float64Array;
    expect(Buffer.from(floats.buffer)).toEqual(Buffer.from(everything.float64.buffer));
  });

  it("keeps the bits of a NaN within an array", () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8_0000_dead_beefn]).buffer);
    const read = stateFromBytes(stateToBytes({ odd })).odd as Float64Array;
    expect(new BigUint64Array(read.buffer)[0]).toBe(0xfff8_0000_dead_beefn);
  });

  it("keeps names that objects have by themselves", () => {
    const read = stateFromBytes(stateToBytes(withProto));
    expect(Object.getOwnPropertyNames(read)).toEqual(["__proto__", "x"]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it("is a safetensors file whose arrays have the names of the entries", () => {
    const { arrays, metadata, checksum } = arraysFromBytes(
      stateToBytes({ kind: "Trainer", model: { W: small.W }, n: 1 }),
    );
    expect(arrays).toEqual({ "model.W": { data: small.W.data, shape: [1, 2] } });
    expect(metadata).toEqual({
      format: "kindred-state",
      version: "1",
      kind: "Trainer",
      state: '{"record":{"kind":"Trainer","model":{"record":{"W":{"matrix":"model.W"}}},"n":1}}',
    });
    expect(checksum).toMatch(/^[0-9a-f]{8}$/);
  });

  it("is read from any view of the bytes, and shares no memory with them or with what was given", () => {
    for (const view of otherViews(bytes)) {
      const read = stateFromBytes(view);
      view.fill(0);
      expect(read).toStrictEqual(small);
    }
    const floats = Float64Array.of(1);
    const written = stateToBytes({ floats });
    floats[0] = 2;
    expect(stateFromBytes(written)).toEqual({ floats: Float64Array.of(1) });
  });

  it("is refused when any bit was changed, or it was cut off or made longer", { tags: ["long"] }, () => {
    const longer = Buffer.concat([bytes, bytes.subarray(0, 1)]);
    for (const damaged of [...bitFlips(bytes), ...cuts(bytes), ...randomDamage(bytes, 300, 2), longer])
      expect(() => stateFromBytes(damaged)).toThrow(RangeError);
  });

  it.each<[string, object, RegExp]>([
    ["a function", { f: () => 1 }, /^the state's f is a function named f; a state holds records, lists/],
    ["undefined", { a: { b: undefined } }, /^the state's a\.b is undefined/],
    ["a hole in a list", { list: [1, , 2] }, /^the state's list\.1 is undefined/],
    [
      "a hole in a long list",
      { list: Object.assign(new Array<number>(50).fill(1), { length: 51 }) },
      /^the state's list\.50 is undefined/,
    ],
    ["a Map", { map: new Map() }, /^the state's map is /],
    ["a date", { date: new Date() }, /^the state's date is /],
    ["an object of a class", { own: new (class Own {})() }, /^the state's own is /],
    ["a symbol", { s: Symbol("x") }, /^the state's s is /],
    ["clamped bytes", { bytes: new Uint8ClampedArray(1) }, /^the state's bytes is /],
    ["a DataView", { view: new DataView(new ArrayBuffer(1)) }, /^the state's view is /],
  ])("is refused with %s in it", (_, state, sentence) => {
    expect(() => stateToBytes(state)).toThrow(sentence);
    expect(() => stateToBytes(state)).toThrow(TypeError);
  });

  it("is refused when it holds itself, or is no record", () => {
    const own: Record<string, unknown> = {};
    own.own = own;
    expect(() => stateToBytes(own)).toThrow(/^the state's own\.own.*more than 100 deep/);
    for (const given of [null, 3, "x", [], new Float32Array(1)])
      expect(() => stateToBytes(given as never)).toThrow(/^the state is .*; give a record, such as state\(\) returns/);
  });
});

/** A file as {@link stateToBytes} writes it, with other words in its metadata. */
function fileOf(metadata: Record<string, string>, arrays = {}): Uint8Array {
  return arraysToBytes(arrays, { format: "kindred-state", version: "1", state: '{"record":{}}', ...metadata });
}

describe("bytes that hold no state", () => {
  it("are refused: other files, other versions, no bytes", () => {
    expect(() => stateFromBytes(tensorsToBytes({}))).toThrow(/holds no state of kindred: its format is undefined/);
    expect(() => stateFromBytes(fileOf({ version: "2" }))).toThrow(/is of version "2", this release reads version 1/);
    expect(() => stateFromBytes(new Float32Array(3) as never)).toThrow(TypeError);
    expect(() => stateFromBytes(new Uint8Array(0))).toThrow(/fewer than the length of a header/);
    expect(stateFromBytes(fileOf({}))).toEqual({});
  });

  it("are refused without their checksum", () => {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const json = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as { __metadata__: object };
    const { checksum, crc32, ...words } = json.__metadata__ as Record<string, string>;
    const text = JSON.stringify({ ...json, __metadata__: words }).padEnd(length);
    const unsealed = Buffer.concat([bytes.subarray(0, 8), Buffer.from(text), bytes.subarray(8 + length)]);
    expect([checksum, crc32.length]).toEqual(["crc32", 8]);
    expect(() => stateFromBytes(unsealed)).toThrow(/it has no checksum/);
  });

  const one = { data: Float32Array.of(1), shape: [1] };
  it.each<[string, string, object]>([
    ["no JSON", "{", {}],
    ["a number", "1", {}],
    ["a list", "[]", {}],
    ["no record at its root", '{"list":[]}', {}],
    ["a record that is a list", '{"record":[]}', {}],
    ["a list that is a record", '{"record":{"a":{"list":{}}}}', {}],
    ["a node of two names", '{"record":{"a":{"list":[],"record":{}}}}', {}],
    ["an empty node", '{"record":{"a":{}}}', {}],
    ["a bare list", '{"record":{"a":[]}}', {}],
    ["an unknown node", '{"record":{"a":{"date":"x"}}}', {}],
    ["an unknown number", '{"record":{"a":{"number":"1"}}}', {}],
    ["a number toString", '{"record":{"a":{"number":"toString"}}}', {}],
    ["a bigint that is none", '{"record":{"a":{"bigint":"0x1"}}}', {}],
    ["an array that is not there", '{"record":{"a":{"array":"b"}}}', {}],
    ["an array twice", '{"record":{"a":{"array":"b"},"c":{"array":"b"}}}', { b: one }],
    ["an array that nothing speaks of", '{"record":{}}', { b: one }],
    ["a matrix of one dimension", '{"record":{"a":{"matrix":"b"}}}', { b: one }],
    ["a matrix of float64", '{"record":{"a":{"matrix":"b"}}}', { b: { data: Float64Array.of(1), shape: [1, 1] } }],
    ["numbers of float32", '{"record":{"a":{"numbers":"b"}}}', { b: one }],
    ["an array of two dimensions", '{"record":{"a":{"array":"b"}}}', { b: { ...one, shape: [1, 1] } }],
    ["records too deep", `${'{"record":{"a":'.repeat(200)}1${"}}".repeat(200)}`, {}],
    ["lists too deep", `{"record":{"a":${'{"list":['.repeat(200)}1${"]}".repeat(200)}}}`, {}],
  ])("are refused with %s", (_, state, arrays) => {
    expect(() => stateFromBytes(fileOf({ state }, arrays))).toThrow(
      /^the bytes hold no sound state: .*give what stateToBytes/,
    );
  });

  it("are refused when their metadata say something else", () => {
    expect(() => stateFromBytes(fileOf({ kind: "Trainer" }))).toThrow(/its metadata are not those of its contents/);
    expect(() => stateFromBytes(fileOf({ more: "x" }))).toThrow(/its metadata are not those/);
  });
});
