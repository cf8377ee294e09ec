import { KernelsError, setThreads } from "kindred";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leaveKernels } from "../../../kindred/src/kernels/runtime.ts";
import { shortageOf } from "../../src/door/shortage.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../support/scratch.ts";

afterEach(() => vi.restoreAllMocks());

describe("shortageOf", () => {
  it("knows when the surroundings were too small, and nothing else", () => {
    expect(shortageOf(new KernelsError("no memory for the kernels"))).toBe("no memory for the kernels");
    expect(shortageOf(new RangeError("Array buffer allocation failed"))).toMatch(/^more memory is needed/);
    expect(shortageOf(new RangeError("margin is 3"))).toBeNull();
    expect(shortageOf(new Error("broken"))).toBeNull();
  });
});

describe("the command, where the kernels get no memory,", () => {
  const table = put(scratchFolder(), "vectors.csv", clusteredCsv(4, 8));

  it("ends with status 2 and the sentence that says what to do", async () => {
    await setThreads(1);
    leaveKernels();
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function () {
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    });
    const { status, errors } = await runCommand("evaluate", table, "--label", "label");
    expect(status).toBe(2);
    expect(errors).toMatch(/^kindred: no memory for the kernels: [^\n]*--disable-wasm-trap-handler[^\n]*$/);
    vi.restoreAllMocks();
    expect((await runCommand("evaluate", table, "--label", "label")).status).toBe(0);
  });

  it("tells from labels alone what it can", async () => {
    leaveKernels();
    vi.spyOn(WebAssembly, "Module").mockImplementation(function () {
      throw new WebAssembly.CompileError("disallowed");
    });
    expect((await runCommand("doctor", table, "--label", "label", "--batch-size", "16")).status).toBe(0);
  });
});
