import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MlpModel } from "kindred";
import { describe, expect, it } from "vitest";
import { Head } from "../../src/head/head.ts";
import { loadHead, saveHead } from "../../src/head/headFolder.ts";
import { tensorBytes, tensorsOf } from "../../src/head/safetensors.ts";
import { scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();
const model = new MlpModel({ inputSize: 4, hidden: [3], outputSize: 2, activation: "tanh", seed: 3 });
const input = { data: Float32Array.of(1, 2, 3, 4, -1, 0, 1, 0), rows: 2, cols: 4 };

describe("a saved head", () => {
  it("embeds as before when it is loaded, from its folder or the one above", () => {
    saveHead(new Head(model, null), join(folder, "whole/model"));
    for (const place of ["whole", "whole/model"])
      expect(loadHead(join(folder, place)).embed(input)).toEqual(model.embed(input));
  });

  it.each([
    ["cut-off weights", "weights.safetensors", (bytes: Buffer) => bytes.subarray(0, bytes.length - 4), /damaged/],
    ["no weights", "weights.safetensors", () => null, /is missing/],
    ["a damaged description", "head.json", () => Buffer.from("{"), /damaged/],
    ["another program's file", "head.json", () => Buffer.from("{}"), /does not describe a head/],
    [
      "a newer version",
      "head.json",
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"version": 1', '"version": 99')),
      /version 99/,
    ],
    [
      "another shape",
      "head.json",
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"inputSize": 4', '"inputSize": 5')),
      /cannot be loaded/,
    ],
  ])("with %s is refused", (_, name, change, sentence) => {
    const place = join(folder, "broken");
    saveHead(new Head(model, null), place);
    const content = change(readFileSync(join(place, name)));
    if (content === null) rmSync(join(place, name));
    else writeFileSync(join(place, name), content);
    expect(() => loadHead(place)).toThrow(sentence);
  });

  it("that is not there is refused", () => {
    expect(() => loadHead(join(folder, "nowhere"))).toThrow(/no head\.json/);
  });
});

describe("safetensors", () => {
  it("come back as they were written, the header a multiple of 8 bytes long", () => {
    const tensors = {
      a: { data: Float32Array.of(1, 2), rows: 1, cols: 2 },
      b: { data: Float32Array.of(-3), rows: 1, cols: 1 },
    };
    const bytes = tensorBytes(tensors, { note: "x" });
    expect(tensorsOf(bytes, "file")).toEqual(tensors);
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) % 8).toBe(0);
  });
});
