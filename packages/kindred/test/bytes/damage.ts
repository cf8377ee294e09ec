import { Random } from "../../src/matrix/random.ts";

/** The bytes with each of their bits changed in turn. */
export function* bitFlips(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = Uint8Array.from(bytes);
    damaged[bit >> 3] ^= 1 << (bit & 7);
    yield damaged;
  }
}

/** All that comes of cutting the bytes off somewhere. */
export function* cuts(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
}

/** The bytes with a random part overwritten, taken out, or put in a second time. */
export function* randomDamage(bytes: Uint8Array, count: number, seed: number): Iterable<Uint8Array> {
  const random = new Random(seed);
  for (let k = 0; k < count; k++) {
    const start = random.integer(bytes.length);
    const end = Math.min(bytes.length, start + 1 + random.integer(16));
    const middle = [bytes.slice(start, end).map(() => random.integer(256)), [], [...bytes.slice(start, end), ...bytes.slice(start, end)]][k % 3]; // prettier-ignore
    const damaged = Uint8Array.from([...bytes.slice(0, start), ...middle, ...bytes.slice(end)]);
    if (damaged.length !== bytes.length || damaged.some((byte, i) => byte !== bytes[i])) yield damaged;
  }
}

/** The same bytes as others hand them out: a Buffer of Node at every offset of its memory from 0 to 8, a view, shared memory. */
export function* otherViews(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let offset = 0; offset <= 8; offset++) {
    const memory = Buffer.alloc(bytes.length + 16, 0xff);
    memory.set(bytes, offset);
    yield memory.subarray(offset, offset + bytes.length);
    const view = new Uint8Array(bytes.length + 16).subarray(offset, offset + bytes.length);
    view.set(bytes);
    yield view;
  }
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  yield shared;
}
