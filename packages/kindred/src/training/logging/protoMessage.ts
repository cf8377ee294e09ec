/** The wire types of protocol buffers: varint, eight bytes, bytes with their length before them, four bytes. */
const [VARINT, EIGHT_BYTES, LENGTH_BYTES, FOUR_BYTES] = [0, 1, 2, 5];

/**
 * A message of protocol buffers, field by field. No more of the encoding than event files take.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtoMessage {
  readonly #bytes: number[] = [];

  /** A whole number >= 0 and < 2^53. */
  count(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(value);
  }

  double(field: number, value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    return this.#tag(field, EIGHT_BYTES).#append(new Uint8Array(view.buffer));
  }

  float(field: number, value: number): this {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value, true);
    return this.#tag(field, FOUR_BYTES).#append(new Uint8Array(view.buffer));
  }

  words(field: number, text: string): this {
    return this.#block(field, new TextEncoder().encode(text));
  }

  message(field: number, message: ProtoMessage): this {
    return this.#block(field, message.bytes());
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }

  #block(field: number, bytes: Uint8Array): this {
    return this.#tag(field, LENGTH_BYTES).#varint(bytes.length).#append(bytes);
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(8 * field + wireType);
  }

  /** Seven bits a byte, the lowest first; the eighth says that more follow. */
  #varint(value: number): this {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) + 128);
    this.#bytes.push(rest);
    return this;
  }

  #append(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}
