/** Room for the first rows. */
const FIRST_ROWS = 1024;

/** A column of words, each distinct word held once, in memory of its own. */
export class WordColumn {
  /** The distinct words, in the order of their first rows. */
  readonly words: string[] = [];
  readonly #codeOf = new Map<string, number>();
  #codes = new Int32Array(FIRST_ROWS);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Of each row, the place of its word among the distinct ones. Not a copy. */
  get codes(): Int32Array {
    return this.#codes.subarray(0, this.#rows);
  }

  /** Whether no two rows have one word. */
  get isDistinct(): boolean {
    return this.words.length === this.#rows;
  }

  add(word: string): void {
    let code = this.#codeOf.get(word);
    if (code === undefined) {
      const own = ownCopy(word);
      code = this.words.push(own) - 1;
      this.#codeOf.set(own, code);
    }
    if (this.#rows === this.#codes.length) {
      const larger = new Int32Array(2 * this.#codes.length);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#rows++] = code;
  }

  /** The word of each row. */
  toArray(): string[] {
    return Array.from(this.codes, (code) => this.words[code]);
  }
}

/** A word apart from the text that it was cut out of, which would stay in memory with it. */
function ownCopy(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
}
