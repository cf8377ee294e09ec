/** What can put itself back to where it stood. */
interface Restorable {
  restorePoint?(): () => void;
}

/** Where several parts stand; what it returns puts those back that can be. */
export function restorePoint(parts: Iterable<Restorable | null>): () => void {
  const restores = Array.from(parts, (part) => part?.restorePoint?.());
  return () => restores.forEach((restore) => restore?.());
}
