import { describe, expect, it } from "vitest";
import type { BatchSampler } from "../../src/index.ts";

/** The batches of an epoch as plain lists. */
export function epochOf(sampler: BatchSampler): number[][] {
  return [...sampler.epoch()].map((batch) => [...batch]);
}

/** Tests what holds for every sampler: lengths, seeds and resuming. */
export function describeSamplerContract(name: string, make: (seed: number) => BatchSampler): void {
  describe(`${name}, as every sampler`, () => {
    it("gives as many batches as it says, none larger than it says, and none empty", () => {
      const sampler = make(1);
      const batches = epochOf(sampler);
      expect(batches).toHaveLength(sampler.batchesPerEpoch);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(sampler.batchSize);
      }
    });

    it("gives the same batches for the same seed, and others each epoch", () => {
      const epochs = (seed: number): number[][][] => {
        const sampler = make(seed);
        return [epochOf(sampler), epochOf(sampler)];
      };
      expect(epochs(3)).toEqual(epochs(3));
      expect(epochs(3)).not.toEqual(epochs(4));
      expect(epochs(3)[0]).not.toEqual(epochs(3)[1]);
      // a seed so large that its fraction is coarse
      expect(epochs(1.7e15)[0]).not.toEqual(epochs(1.7e15)[1]);
    });

    it("goes on from a state, anywhere within an epoch, as if it had never stopped", () => {
      const whole = make(5);
      const all = [...epochOf(whole), ...epochOf(whole), ...epochOf(whole)];
      for (const stop of [0, 1, whole.batchesPerEpoch - 1, whole.batchesPerEpoch, whole.batchesPerEpoch + 1]) {
        const stopped = make(5);
        const seen: number[][] = [];
        while (seen.length < stop) {
          for (const batch of stopped.epoch()) {
            seen.push([...batch]);
            if (seen.length === stop) break;
          }
        }
        const resumed = make(5);
        resumed.load(JSON.parse(JSON.stringify(stopped.state())) as ReturnType<BatchSampler["state"]>);
        while (seen.length < all.length) seen.push(...epochOf(resumed));
        expect(seen.slice(0, all.length)).toEqual(all);
      }
    });
  });
}
