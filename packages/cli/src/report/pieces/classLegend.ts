import { shorten } from "../../terminal/wrap.ts";
import { classMark } from "../figures/palette.ts";
import type { Html } from "./html.ts";
import { legend } from "./legend.ts";
import { more } from "./pieces.ts";
import { table } from "./table.ts";

/** Names shown of the points of a class. */
const EXAMPLES = 5;
const LETTERS = 60;

/** Which mark stands for which class of a plane, and what some of its points are called, for those without a mouse. */
export function classLegend(labels: readonly string[], captions: readonly string[]): Html[] {
  const namesOf = new Map<string, string[]>();
  labels.forEach((label, i) => {
    const names = namesOf.get(label);
    if (names === undefined) namesOf.set(label, [captions[i]]);
    else names.push(captions[i]);
  });
  const items = [...namesOf.keys()].map((label, c) => ({ mark: classMark(c), text: shorten(label, LETTERS) }));
  const rows = [...namesOf].map(([label, names]) => [
    shorten(label, LETTERS),
    String(names.length),
    names
      .slice(0, EXAMPLES)
      .map((name) => shorten(name, LETTERS))
      .join("; "),
  ]);
  return [
    legend(items),
    more(
      "Some of the points by name",
      table("The classes in the picture", ["class", "points", { words: "some of them" }], rows),
    ),
  ];
}
