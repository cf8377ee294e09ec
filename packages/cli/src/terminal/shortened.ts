/** A text of at most so many characters, the last of which says where it was cut. */
export function shortened(text: string, most: number): string {
  // a long text is not taken apart as a whole
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : text;
}
