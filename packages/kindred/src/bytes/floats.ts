/** The float32 numbers that bytes hold, little-endian, as a copy: their place need not be a multiple of 4. */
export function floatsFrom(bytes: Uint8Array): Float32Array {
  const floats = new Float32Array(bytes.length / 4);
  new Uint8Array(floats.buffer).set(bytes);
  return floats;
}

/** The bytes of float32 numbers, little-endian: a view, no copy. */
export function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}
