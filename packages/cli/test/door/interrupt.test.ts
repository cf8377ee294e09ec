import { describe, expect, it } from "vitest";
import { endIfInterrupted, Interrupted, interruptible } from "../../src/door/interrupt.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

describe("work that can be interrupted", () => {
  it.each(signals)("is told of the first %s; the next one meets nobody, and ends the program", async (name) => {
    const before = signals.map((each) => process.listenerCount(each));
    const reason = await interruptible((signal) => {
      expect(process.listenerCount(name)).toBeGreaterThan(0);
      expect(signal.aborted).toBe(false);
      process.emit(name, name);
      expect(signal.aborted).toBe(true);
      expect(signals.map((each) => process.listenerCount(each))).toEqual(before);
      return Promise.resolve(signal.reason as unknown);
    });
    expect(reason).toBeInstanceOf(Interrupted);
    expect(reason).toMatchObject({ status: { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[name] });
  });

  it("ends where there is nothing to keep yet, by a signal that came while it was busy", async () => {
    const ended = interruptible(async (signal) => {
      await endIfInterrupted(signal);
      setImmediate(() => process.emit("SIGTERM", "SIGTERM"));
      await endIfInterrupted(signal);
    });
    await expect(ended).rejects.toThrow("stopped by SIGTERM before the first step; nothing was written");
  });

  it("leaves no listener when it fails", async () => {
    const before = signals.map((each) => process.listenerCount(each));
    await expect(interruptible(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(signals.map((each) => process.listenerCount(each))).toEqual(before);
  });
});
