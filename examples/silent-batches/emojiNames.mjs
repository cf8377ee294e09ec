import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { letterGrams } from "../../packages/cli/dist/tasks/letterGrams.js";

const isLatin = /^[\p{Script=Latin}\p{M}\p{P}\p{Zs}\d]+$/u;

/**
 * What each emoji is called in the languages written in Latin letters (Unicode's CLDR), as hashed letter n-grams. A class is
 * an emoji; a name that several emoji share is left out.
 */
export function emojiNames(columns = 512) {
  const main = join(
    dirname(createRequire(import.meta.url).resolve("cldr-annotations-full/package.json")),
    "annotations",
  );
  const emojiOf = new Map();
  for (const language of readdirSync(main).sort()) {
    const { annotations } = JSON.parse(readFileSync(join(main, language, "annotations.json"), "utf8"));
    for (const [emoji, { tts }] of Object.entries(annotations.annotations ?? {})) {
      const name = tts?.[0];
      if (name === undefined || !isLatin.test(name)) continue;
      const known = emojiOf.get(name);
      emojiOf.set(name, known === undefined || known === emoji ? emoji : null);
    }
  }
  const named = [...emojiOf].filter(([, emoji]) => emoji !== null);
  const texts = named.map(([name]) => name);
  return { labels: named.map(([, emoji]) => emoji), texts, vectors: letterGrams(texts, columns) };
}
