import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { DataSet } from "../data/dataSet.ts";
import { InputError } from "../door/inputError.ts";
import { letterGrams } from "./letterGrams.ts";

/** Columns of the hashed letter n-grams. */
const COLUMNS = 1024;

const isLatin = /^[\p{Script=Latin}\p{M}\p{P}\p{Zs}]+$/u;

/**
 * The built-in task: what each territory of the world is called in the languages written in Latin letters (Unicode's
 * CLDR). A class is a territory; the question is whether names of a territory that training never saw find each other.
 *
 * @throws InputError when the package with the names is not installed
 */
export function territoryNames(): DataSet {
  const names = new Map<string, string>();
  for (const [language, territories] of readTerritories()) {
    for (const [territory, name] of Object.entries(territories)) {
      if (territory.includes("-alt-") || !isLatin.test(name)) continue;
      const key = `${territory}\t${name}`;
      names.set(key, names.has(key) ? `${names.get(key)}, ${language}` : language);
    }
  }
  const labels: string[] = [];
  const texts: string[] = [];
  const captions: string[] = [];
  for (const [key, languages] of names) {
    const [territory, name] = key.split("\t");
    labels.push(territory);
    texts.push(name);
    captions.push(`${name} (${territory}; ${shortened(languages)})`);
  }
  return { name: "names of territories", vectors: letterGrams(texts, COLUMNS), labels, captions };
}

function* readTerritories(): Generator<[language: string, territories: Record<string, string>]> {
  const main = join(packageFolder("cldr-localenames-full"), "main");
  for (const language of readdirSync(main).sort()) {
    const path = join(main, language, "territories.json");
    if (!existsSync(path)) continue;
    const { main: content } = JSON.parse(readFileSync(path, "utf8")) as Territories;
    yield [language, content[language].localeDisplayNames.territories];
  }
}

interface Territories {
  readonly main: Readonly<Record<string, { localeDisplayNames: { territories: Record<string, string> } }>>;
}

function packageFolder(name: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    throw new InputError(`the built-in task needs the package ${name}; run npm install, or give data of your own`);
  }
}

function shortened(languages: string): string {
  return languages.length > 40 ? `${languages.slice(0, 40)} ...` : languages;
}
