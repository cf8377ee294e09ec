/** A hint at the known name nearest to an unknown one, or nothing: `; did you mean "label"?` */
export function nearest(name: string, known: readonly string[]): string {
  const ranked = known.map((other) => ({ other, edits: editDistance(name.toLowerCase(), other.toLowerCase()) }));
  const best = ranked.sort((a, b) => a.edits - b.edits)[0];
  return best !== undefined && best.edits <= Math.max(1, name.length / 3) && best.edits < name.length
    ? `; did you mean ${JSON.stringify(best.other)}?`
    : "";
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
