import { expect, it } from "vitest";
import { crc32 } from "../../src/bytes/crc32.ts";

const bytes = new TextEncoder().encode("123456789");

it("crc32 gives the number that the standard gives for its test", () => {
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

it("crc32 goes on from what comes before, part by part", () => {
  for (let k = 0; k <= bytes.length; k++)
    expect(crc32(bytes.subarray(k), crc32(bytes.subarray(0, k)))).toBe(0xcbf43926);
});
