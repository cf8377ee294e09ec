/** The rows of each class, classes in the order of their first rows. */
export function rowsOfClasses(labels: readonly string[]): number[][] {
  const rowsOf = new Map<string, number[]>();
  labels.forEach((label, i) => {
    const rows = rowsOf.get(label);
    if (rows === undefined) rowsOf.set(label, [i]);
    else rows.push(i);
  });
  return [...rowsOf.values()];
}
