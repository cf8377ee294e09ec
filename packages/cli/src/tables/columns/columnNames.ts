import { InputError } from "../../door/inputError.ts";
import { nearest } from "../../door/nearest.ts";
import { inLine } from "../../terminal/clean.ts";

/** Names shown at most where a column is not found. */
const MOST_SHOWN = 12;
/** Letters of a name that are shown. */
const LONGEST_SHOWN = 60;

/**
 * The place of a column, by its name or else by its number from 1.
 *
 * @param flag that it was named with; null: the only one that names columns
 * @throws InputError when there is none, or two have the name
 */
export function placeOf(path: string, names: readonly string[], wanted: string, flag: string | null): number {
  const place = findPlace(names, wanted);
  if (place !== null && names[place] === wanted) checkSingle(path, names, wanted);
  if (place !== null) return place;
  throw new InputError(
    `${path} has no column ${JSON.stringify(wanted)}${flag === null ? "" : ` (${flag})`}${nearest(wanted, names) || `; its columns are ${shownNames(names)}`}`,
  );
}

/** The place of a column, by its name or else by its number from 1; null when there is none. */
function findPlace(names: readonly string[], wanted: string): number | null {
  const named = names.indexOf(wanted);
  if (named >= 0) return named;
  const numbered = /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  return numbered >= 0 && numbered < names.length ? numbered : null;
}

/**
 * The places that a list of columns chooses, in its order: names, numbers from 1, beginnings (`v*`) and ranges, by counting
 * (`v0..v383`, `v0-v383`) or from one column to another (`age..height`).
 *
 * @param isOptional whether what is not there is passed over
 * @throws InputError when a column is not there
 */
export function choosePlaces(
  path: string,
  names: readonly string[],
  list: readonly string[],
  flag: string,
  isOptional = false,
): number[] {
  const chosen = list.flatMap((item) => {
    const places = placesOf(names, item);
    if (places.length > 0) return places;
    return isOptional ? [] : [placeOf(path, names, item, flag)];
  });
  return [...new Set(chosen)];
}

function placesOf(names: readonly string[], item: string): number[] {
  const single = findPlace(names, item);
  if (single !== null) return names[single] === item ? placesNamed(names, item) : [single];
  if (item.endsWith("*")) return names.flatMap((name, k) => (name.startsWith(item.slice(0, -1)) ? [k] : []));
  for (const sign of ["..", "-"])
    for (let at = item.indexOf(sign, 1); at > 0; at = item.indexOf(sign, at + 1)) {
      const places = between(names, [item.slice(0, at).trim(), item.slice(at + sign.length).trim()]);
      if (places.length > 0) return places;
    }
  return [];
}

/** From one column to another: by counting where their names do, and else by place. */
function between(names: readonly string[], [from, to]: readonly [string, string]): number[] {
  const places = [findPlace(names, from), findPlace(names, to)];
  if (places[0] === null || places[1] === null) return [];
  const areNames = names[places[0]] === from && names[places[1]] === to;
  const [, stem, first] = /^(.*?)(\d+)$/.exec(from) ?? [];
  const [, otherStem, last] = /^(.*?)(\d+)$/.exec(to) ?? [];
  if (!areNames || stem === undefined || stem !== otherStem) return counted(places[0], places[1]);
  const [low, high] = [Math.min(Number(first), Number(last)), Math.max(Number(first), Number(last))];
  const within = names.flatMap((name, place) => {
    const number = name.startsWith(stem) ? name.slice(stem.length) : "";
    return /^\d+$/.test(number) && Number(number) >= low && Number(number) <= high ? [{ number: +number, place }] : [];
  });
  const ascending = within.sort((a, b) => a.number - b.number).map(({ place }) => place);
  return Number(first) <= Number(last) ? ascending : ascending.reverse();
}

function counted(from: number, to: number): number[] {
  const step = to < from ? -1 : 1;
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, k) => from + step * k);
}

function placesNamed(names: readonly string[], name: string): number[] {
  return names.flatMap((other, k) => (other === name ? [k] : []));
}

function checkSingle(path: string, names: readonly string[], name: string): void {
  const places = placesNamed(names, name);
  if (places.length > 1) refuseTwice(path, name, places);
}

/** @throws InputError that names the columns by their numbers */
export function refuseTwice(path: string, name: string, places: readonly number[]): never {
  const numbers = places.map((k) => k + 1).sort((a, b) => a - b);
  throw new InputError(
    `${path} has ${places.length} columns ${JSON.stringify(shortName(name))} (${numbers.slice(0, 5).join(", ")}${numbers.length > 5 ? " ..." : ""}); ` +
      `give each a name of its own, or leave one out by its number, --ignore ${numbers[numbers.length - 1]}`,
  );
}

/** A column's name in a sentence. */
export function shortName(name: string): string {
  return inLine(name.length > LONGEST_SHOWN ? `${name.slice(0, LONGEST_SHOWN - 3)}...` : name);
}

/** Some names of columns in a sentence. */
export function shownNames(names: readonly string[]): string {
  const words = names.slice(0, MOST_SHOWN).map(shortName).join(", ");
  return names.length > MOST_SHOWN ? `${words} ...` : words;
}
