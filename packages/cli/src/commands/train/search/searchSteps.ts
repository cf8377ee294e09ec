import type { Step } from "../../../report/pieces/pieces.ts";
import { plural } from "../../../terminal/format.ts";
import { USUAL_BUDGET } from "../options/trainOptions.ts";
import type { FoundHead } from "./foundHead.ts";
import { searchOutcome } from "./searchOutcome.ts";

/** Classes, and rows a class, below which more of them are worth more than anything else. */
const FEW_CLASSES = 100;
const FEW_ROWS = 8;

/** What to do where no head is better than the raw vectors for sure, the best first. */
export function searchSteps(head: FoundHead): Step[] {
  const outcome = searchOutcome(head);
  if (outcome === "better") return [];
  const isRaw = outcome === "nothing-better" || outcome === "rejected";
  return [
    ...(isRaw ? [rawVectors, ...adviceSteps(head)] : [...moreClasses(head), ...moreRows(head)]),
    ...longer(head),
    {
      title: "Check the labels",
      text: [
        "Look below at the classes taken for one another: two names for one thing, or one name for two, cannot be learned apart. A column that is no label teaches nothing.",
      ],
      code: "kindred doctor <labels>",
    },
  ];
}

const rawVectors: Step = {
  title: "Use the raw vectors",
  text: [
    "Leave --head out of evaluate and match: the vectors as they are cost nothing, and nothing that was tried is better.",
  ],
};

/** What data would help, as the search has found. */
function adviceSteps({ found }: FoundHead): Step[] {
  return found.advice.map((sentence) => {
    const [title] = sentence.split(": ");
    return { title: capitalized(title), text: [`${capitalized(sentence)}.`] };
  });
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function moreClasses({ training, split }: FoundHead): Step[] {
  const classes = new Set(training.labels).size;
  if (split.by !== "class" || classes >= FEW_CLASSES) return [];
  return [
    {
      title: "Give it more classes",
      text: [
        `It was trained on ${plural(classes, "class", "classes")}; what tells new classes apart is learned from many.`,
      ],
    },
  ];
}

function moreRows({ training }: FoundHead): Step[] {
  const classes = new Set(training.labels).size;
  const rows = training.labels.length / classes;
  if (rows >= FEW_ROWS) return [];
  return [
    {
      title: "Give it more rows a class",
      text: [
        `A class has ${rows.toFixed(1)} rows to train on in the mean; what rows of one class have in common is learned from several.`,
      ],
    },
  ];
}

/** Where the time was too short for all that is worth training. */
function longer({ found, wishes }: FoundHead): Step[] {
  const budget = wishes.budget ?? USUAL_BUDGET;
  if (found.seconds < 0.8 * budget) return [];
  return [
    {
      title: "Search longer",
      text: [`The search used its ${budget} seconds.`],
      code: `kindred train ... --budget ${Math.ceil((5 * budget) / 60)}m`,
    },
  ];
}
