import { expect, it } from "vitest";
import { TensorBoardLog } from "../../../src/training/logging/tensorBoardLog.ts";
import type { StepEvent, TrainingControl } from "../../../src/training/trainingHook.ts";
import { loggedTraining } from "./loggedTraining.ts";

/** CRC-32C bit by bit. */
function castagnoli(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The mask by its definition: turned right by 15 bits, plus a constant. */
function mask(crc: number): number {
  const turned = (BigInt(crc) >> 15n) | ((BigInt(crc) << 17n) & 0xffffffffn);
  return Number((turned + 0xa282ead8n) & 0xffffffffn);
}

/** The data of each record of a TFRecord file, its checksums compared. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(mask(castagnoli(file.subarray(at, at + 8))));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(mask(castagnoli(data)));
    records.push(data);
    at += length + 16;
  }
  return records;
}

/** The fields of a message of protocol buffers, by their numbers, in their order. */
function fieldsOf(message: Uint8Array): [field: number, value: bigint | Uint8Array][] {
  const fields: [number, bigint | Uint8Array][] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const value = (tag & 7) === 0 ? varint() : null;
    const size = (tag & 7) === 1 ? 8 : (tag & 7) === 5 ? 4 : value === null ? Number(varint()) : 0;
    fields.push([tag >> 3, value ?? message.subarray(at, at + size)]);
    at += size;
  }
  expect(at).toBe(message.length);
  return fields;
}

const viewOf = (value: bigint | Uint8Array): DataView => {
  const bytes = value as Uint8Array;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};
const textOf = (value: bigint | Uint8Array): string => new TextDecoder().decode(value as Uint8Array);

/** What an event says, as TensorBoard would read it. */
function read(event: Uint8Array): object {
  const fields = new Map(fieldsOf(event));
  const scalars = fieldsOf((fields.get(5) ?? new Uint8Array()) as Uint8Array).map(([, value]) => {
    const parts = new Map(fieldsOf(value as Uint8Array));
    return [textOf(parts.get(1)!), viewOf(parts.get(2)!).getFloat32(0, true)];
  });
  expect(Math.abs(viewOf(fields.get(1)!).getFloat64(0, true) - Date.now() / 1000)).toBeLessThan(1000);
  return {
    step: Number(fields.get(2)),
    ...(fields.has(3) && { version: textOf(fields.get(3)!) }),
    ...(scalars.length > 0 && { scalars: Object.fromEntries(scalars) as object }),
    ...(fields.has(7) && { session: fieldsOf(fields.get(7) as Uint8Array) }),
  };
}

it("a TensorBoardLog writes the version, then each step, evaluation and epoch", async () => {
  const parts: Uint8Array[] = [];
  const log = new TensorBoardLog({ write: (bytes) => void parts.push(bytes) });
  const { trainer, steps } = loggedTraining(log);
  await trainer.train({ steps: 4 });
  const events = recordsOf(Buffer.concat(parts)).map(read);
  const figures = (k: number): object => ({
    step: k + 1,
    scalars: {
      "train/loss": Math.fround(steps[k].value),
      "train/liveShare": steps[k].liveShare,
      "train/activeShare": Math.fround(steps[k].report.activeItems / steps[k].report.items),
      "train/samplesPerSecond": Math.fround(steps[k].samplesPerSecond),
    },
  });
  const meanLoss = Math.fround((steps[0].value + steps[1].value + steps[2].value) / 3);
  expect(events).toEqual([
    { step: 0, version: "brain.Event:2" },
    figures(0),
    figures(1),
    { step: 2, scalars: { "evaluation/score": 0.5, "evaluation/lost": Infinity } },
    figures(2),
    { step: 3, scalars: { "epoch/meanLoss": meanLoss, "epoch/silentSteps": 0 } },
    figures(3),
    { step: 4, scalars: { "evaluation/score": 0.5, "evaluation/lost": Infinity } },
  ]);
});

it("a TensorBoardLog of a training that is resumed says from which step on it counts, and waits for its writer", async () => {
  const parts: Uint8Array[] = [];
  const log = new TensorBoardLog({
    write: async (bytes) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      parts.push(bytes);
    },
    every: 2,
  });
  const control = { stepsDone: 1_000_000 } as TrainingControl;
  await log.onStart(control);
  await log.onStart(control);
  for (const step of [1_000_001, 1_000_002])
    await log.onStep({
      step,
      value: 1,
      report: { items: 0, activeItems: 0 },
      liveShare: 0,
      samplesPerSecond: 0,
    } as StepEvent);
  expect(recordsOf(Buffer.concat(parts)).map(read)).toMatchObject([
    { step: 0, version: "brain.Event:2" },
    { step: 1_000_001, session: [[1, 1n]] },
    { step: 1_000_002, scalars: { "train/loss": 1, "train/activeShare": 0 } },
  ]);
});
