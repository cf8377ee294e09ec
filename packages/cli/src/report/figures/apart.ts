/** A text on a picture by its middle, in pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const ROUNDS = 50;

/** Moves texts up and down until none covers another, or nearly so: the nearest places of few texts. */
export function apart(places: readonly Place[], height: number): Place[] {
  const moved = places.map((place) => ({ ...place }));
  for (let round = 0; round < ROUNDS; round++) {
    let isMoved = false;
    for (let a = 0; a < moved.length; a++) {
      for (let b = 0; b < a; b++) {
        const overlap = height - Math.abs(moved[a].y - moved[b].y);
        const isBeside = Math.abs(moved[a].x - moved[b].x) >= (moved[a].width + moved[b].width) / 2;
        if (isBeside || overlap < 0.5) continue;
        const [upper, lower] = moved[a].y < moved[b].y ? [moved[a], moved[b]] : [moved[b], moved[a]];
        upper.y -= overlap / 2;
        lower.y += overlap / 2;
        isMoved = true;
      }
    }
    if (!isMoved) break;
  }
  return moved;
}
