import type { Matrix } from "kindred";

/** A matrix as the bytes of an .npy file, float32. */
export function npyBytes({ data, rows, cols }: Matrix): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const length = Math.ceil((11 + dictionary.length) / 64) * 64;
  const header = Buffer.alloc(length, " ");
  header.write("\x93NUMPY", "latin1");
  header[6] = 1;
  header[7] = 0;
  header.writeUInt16LE(length - 10, 8);
  header.write(dictionary, 10, "latin1");
  header.write("\n", length - 1, "latin1");
  const body = Buffer.alloc(4 * data.length);
  data.forEach((entry, k) => body.writeFloatLE(entry, 4 * k));
  return Buffer.concat([header, body]);
}
