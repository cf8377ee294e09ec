import { describe, expect, it } from "vitest";
import { failureOf } from "../../src/door/failure.ts";
import { atTheDoor, InputError } from "../../src/door/inputError.ts";

describe("failureOf", () => {
  it("gives what the user can mend status 2 and its sentence, in one line and without commands", () => {
    expect(failureOf(new InputError("x\n\x1b[2J.csv is empty"), false)).toEqual({
      sentence: "kindred: x\\u000a\\u001b[2J.csv is empty",
      status: 2,
    });
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { syscall: "write" });
    expect(failureOf(full, false).status).toBe(2);
  });

  it("gives a fault of the program status 1 and no stack trace, unless asked for", () => {
    const fault = new TypeError("Cannot read properties of null");
    const { sentence, status } = failureOf(fault, false);
    expect(status).toBe(1);
    expect(sentence).toMatch(/^kindred failed: Cannot read properties of null \(.* KINDRED_TRACE=1 /);
    expect(failureOf(fault, true).sentence).toContain("failure.test.ts");
    expect(failureOf("thrown text", true).sentence).toContain("thrown text");
  });

  it("tells of a lack of memory in words of its own", () => {
    const lacks: (() => unknown)[] = [
      () => new Float32Array(2 ** 50),
      () => new Array<number>(2 ** 40),
      () => "x".repeat(2 ** 29),
      () => new WebAssembly.Memory({ initial: 1, maximum: 2 }).grow(5),
    ];
    for (const lack of lacks) {
      let error: unknown = null;
      try {
        lack();
      } catch (thrown) {
        error = thrown;
      }
      const { sentence, status } = failureOf(error, false);
      expect(sentence).toBe(
        "kindred: more memory is needed than this process may have; give fewer rows or smaller sizes, or give it more memory",
      );
      expect(status).toBe(2);
      expect(() => atTheDoor(lack)).toThrow(InputError);
      expect(() => atTheDoor(lack)).toThrow("more memory is needed");
    }
  });
});
