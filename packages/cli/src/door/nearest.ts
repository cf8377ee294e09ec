/** Endings that all names of a kind share, and that a hurried hand leaves away. */
const endings = /(loss|miner|sampler)$/;
/** No name is so long. */
const MOST_LETTERS = 200;
/** So many letters must begin a name to be taken for it. */
const FEWEST_LETTERS = 3;

/** A hint at the known name nearest to an unknown one, or nothing: `; did you mean "label"?` */
export function nearest(name: string, known: readonly string[]): string {
  if (name.length > MOST_LETTERS) return "";
  const ranked = known.map((other) => ({ other, edits: editsBetween(name, other) }));
  // of those as near, the shortest: "Arc" is the start of more than one name
  const best = ranked.sort((a, b) => a.edits - b.edits || a.other.length - b.other.length)[0];
  return best !== undefined && best.edits <= Math.max(1, name.length / 3) && best.edits < name.length
    ? `; did you mean ${JSON.stringify(best.other)}?`
    : "";
}

/** The edits from one name to the other, or to its stem; half a one to a name that goes on where this one ends. */
function editsBetween(name: string, other: string): number {
  const [given, whole] = [folded(name), folded(other)];
  const edits = Math.min(editDistance(given, whole), editDistance(given, whole.replace(endings, "")));
  const isStart = given.length >= FEWEST_LETTERS && whole.startsWith(given);
  return isStart ? Math.min(edits, 0.5) : edits;
}

/** Letters and digits alone, in small: m-per-class, mPerClass and M_PER_CLASS are one. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** How many letters must be put in, taken out or replaced to turn one word into the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1));
    }
    previous = current;
  }
  return previous[b.length];
}
