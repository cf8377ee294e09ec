import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, MlpModel, ProjectionHead, tensorsToBytes, type Matrix } from "kindred";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/door/inputError.ts";
import { Head } from "../../src/head/head.ts";
import { readHeadDescription } from "../../src/head/headDescription.ts";
import { loadHead, saveHead } from "../../src/head/headFolder.ts";
import { scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();
const model = new MlpModel({ inputSize: 4, hidden: [3], outputSize: 2, activation: "tanh", seed: 3 });
const columns = ["a", "b", "ä", "d"];
const input = { data: Float32Array.of(1, 2, 3, 4, -1, 0, 1, 0), rows: 2, cols: 4 };
const names = ["head.json", "weights.safetensors"] as const;

const whole = join(folder, "whole/model");
saveHead(new Head(model, columns), whole);
const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(whole, name))]));
const description = JSON.parse(files["head.json"].toString()) as Record<string, unknown>;

/** A head whose files are the sound one's but for those given. */
function headOf(changed: Readonly<Record<string, Uint8Array | string>>): string {
  const place = join(folder, "changed");
  mkdirSync(place, { recursive: true });
  for (const name of names) writeFileSync(join(place, name), changed[name] ?? files[name]);
  return place;
}

/** head.json of these entries, with the right checksum. */
function described(changed: Readonly<Record<string, unknown>>): string {
  const object: Record<string, unknown> = { ...description, ...changed };
  delete object["checksum"];
  const checksum = crc32(new TextEncoder().encode(JSON.stringify(object)));
  return JSON.stringify({ ...object, checksum: checksum.toString(16).padStart(8, "0") });
}

function expectRefused(changed: Readonly<Record<string, Uint8Array | string>>, sentence = /.{20,}/): void {
  const place = headOf(changed);
  let error: unknown;
  try {
    loadHead(place);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(sentence);
}

const shape = (change: object) => ({ shape: { ...(description["shape"] as object), ...change } });

/** Weights of a head, and a description that has their checksum. */
function weightsOf(parameters: Readonly<Record<string, Matrix>>): Record<string, Uint8Array | string> {
  const bytes = tensorsToBytes(parameters);
  const json = new TextDecoder().decode(bytes);
  return {
    "weights.safetensors": bytes,
    "head.json": described({ weights: /"crc32":"([0-9a-f]{8})"/.exec(json)![1] }),
  };
}

describe("a saved head", () => {
  it("embeds as before when it is loaded, from its folder or the one above, and knows its columns", () => {
    for (const place of [join(folder, "whole"), whole]) {
      const head = loadHead(place);
      expect(head.embed(input)).toEqual(model.embed(input));
      expect(head.columns).toEqual(columns);
    }
    saveHead(new Head(model, null), join(folder, "nameless"));
    expect(loadHead(join(folder, "nameless")).columns).toBeNull();
  });

  it.each(["map", "residual", "lowRank"] as const)(
    "that began as a linear map and learned its %s embeds as before",
    (learns) => {
      const weights = { data: Float32Array.from({ length: 12 }, (_, k) => Math.sin(k + 1)), rows: 4, cols: 3 };
      const head = new ProjectionHead({ map: { mean: Float64Array.of(1, 2, 3, 4), weights }, learns, seed: 2 });
      head.embed(input, true);
      head.backward({ data: Float32Array.of(1, -1, 2, 0, 1, 1), rows: 2, cols: 3 });
      head.step();
      const place = join(folder, learns);
      saveHead(new Head(head, columns), place);
      const loaded = loadHead(place);
      expect(loaded.embed(input)).toEqual(head.embed(input));
      expect([loaded.inputSize, loaded.outputSize]).toEqual([4, 3]);
      expect(loaded.shape).toMatchObject({ inputSize: 4, outputSize: 3 });
    },
  );

  it("is read however head.json was laid out since", () => {
    const place = headOf({ "head.json": JSON.stringify(description) });
    expect(loadHead(place).embed(input)).toEqual(model.embed(input));
  });

  it.each(names)("is refused when a bit of %s was changed, or it was cut off", { tags: ["long"] }, (name) => {
    const bytes = files[name];
    for (let bit = 0; bit < 8 * bytes.length; bit += 11) {
      const damaged = withBit(bytes, bit);
      if (name === "head.json" && saysTheSame(damaged)) continue;
      expectRefused({ [name]: damaged }, /damaged|not of one training|does not describe|version/);
    }
    // without its last line break head.json says the same
    for (let length = 0; length < bytes.length - 1; length += 7)
      expectRefused({ [name]: bytes.subarray(0, length) }, /damaged/);
    expectRefused({ [name]: Buffer.concat([bytes, Buffer.from("x")]) }, /damaged/);
  });

  it(
    "has a head.json of which no bit can change, and no end be lost, without its saying so",
    { tags: ["long"] },
    () => {
      const bytes = files["head.json"];
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const damaged = withBit(bytes, bit);
        // a space that became a line break says the same
        if (!saysTheSame(damaged)) expect(() => readHeadDescription(damaged, "head.json")).toThrow(InputError);
      }
      for (let length = 0; length < bytes.length - 1; length++)
        expect(() => readHeadDescription(bytes.subarray(0, length), "head.json")).toThrow(InputError);
    },
  );

  it("of another training is refused, though either file is sound", () => {
    const other = new MlpModel({ inputSize: 4, hidden: [3], outputSize: 2, activation: "tanh", seed: 4 });
    saveHead(new Head(other, columns), join(folder, "other"));
    for (const name of names)
      expectRefused({ [name]: readFileSync(join(folder, "other", name)) }, /are not of one training/);
  });

  it.each<[string, string, RegExp]>([
    ["null", "null", /is no JSON object/],
    ["a list", "[]", /is no JSON object/],
    ["another program's", "{}", /does not describe a head/],
    ["without a checksum", JSON.stringify({ ...description, checksum: undefined }), /damaged, or was changed/],
    ["changed by hand", JSON.stringify({ ...description, columns: ["b", "a", "ä", "d"] }), /damaged, or was changed/],
    ["of another kind", described({ kind: "tree" }), /of kind "tree"; mlp and projection are known/],
    ["with what an MLP does not have", described({ residual: null }), /has the unexpected "residual"/],
    ["of a map that is an MLP", described({ kind: "projection", residual: null }), /map has 1 hidden layers/],
    ["of a map without what is added", described({ kind: "projection" }), /cannot be loaded/],
    ["of a newer version", described({ version: 99 }), /of version 99; .* update it/],
    ["of version one", described({ version: "one" }), /of version "one"; .* train again/],
    ["of version -1", described({ version: -1 }), /of version -1/],
    ["of no version", described({ version: undefined }), /of version undefined/],
    ["with more than it has", described({ extra: 1 }), /has the unexpected "extra"/],
    ["without the checksum of the weights", described({ weights: undefined }), /no checksum of the weights/],
    [
      "with columns that are no names",
      described({ columns: ["a", 1, "b", "c"] }),
      /the columns of .* are neither a list of names nor null/,
    ],
    ["with columns of text", described({ columns: "abcd" }), /neither a list/],
    ["without columns", described({ columns: undefined }), /neither a list/],
    ["with too few columns", described({ columns: ["a"] }), /1 columns .* 4 inputs/],
    ["with a shape of text", described({ shape: "x" }), /shape .* "x"/],
    ["with a shape null", described({ shape: null }), /shape .* null/],
    ["with half a shape", described({ shape: { inputSize: 4 } }), /has no hidden/],
    ["with inputSize 2^40", described(shape({ inputSize: 2 ** 40 })), /weights0 is 4 x 3, 1099511627776 x 3 is needed/],
    ["with 40,000 x 40,000", described(shape({ inputSize: 40_000, outputSize: 40_000 })), /is needed/],
    ["with an unknown activation", described(shape({ activation: "toString" })), /activation is "toString"/],
    ["with an unknown option", described(shape({ optimizer: 1 })), /no option "optimizer"/],
  ])("is refused with a head.json that is %s", (_, json, sentence) => expectRefused({ "head.json": json }, sentence));

  it("is refused with weights that are missing, of another shape, unexpected or no numbers", () => {
    const { parameters } = model.save();
    const { bias0, ...rest } = parameters;
    expectRefused(weightsOf(rest), /has no bias0|have no bias0/);
    expectRefused(weightsOf({ ...parameters, bias9: bias0 }), /unexpected bias9/);
    expectRefused(
      weightsOf({ ...parameters, bias0: { ...bias0, rows: 3, cols: 1 } }),
      /bias0 is 3 x 1, 1 x 3 is needed/,
    );
    expectRefused(weightsOf({ ...parameters, bias0: { ...bias0, data: Float32Array.of(1, NaN, 2) } }), /holds NaN/);
  });

  it("that is not there, or only in part, is refused", () => {
    expect(() => loadHead(join(folder, "nowhere"))).toThrow(/no head\.json/);
    const place = headOf({});
    rmSync(join(place, "weights.safetensors"));
    expect(() => loadHead(place)).toThrow(/is missing/);
    mkdirSync(join(place, "weights.safetensors"));
    expect(() => loadHead(place)).toThrow(/cannot be read: it is no file/);
    rmSync(place, { recursive: true });
  });
});

function withBit(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] ^= 1 << (bit & 7);
  return changed;
}

function saysTheSame(bytes: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(bytes.toString())) === JSON.stringify(description);
  } catch {
    return false;
  }
}
