import type { Step } from "../../../report/pieces/pieces.ts";
import { percent, plural } from "../../../terminal/format.ts";
import { outcomeOf, type Outcome } from "../judged/outcome.ts";
import type { TrainedHead } from "./trainedHead.ts";

/** Classes below which a head learns them by heart. */
const FEW_CLASSES = 50;

/** What to do about a head that is not better than the raw vectors, the best first; nothing about one that is. */
export function stepsForward(head: TrainedHead): Step[] {
  const outcome = outcomeOf(head);
  if (outcome === "better") return [];
  return [
    rawVectors(outcome),
    ...quietBatches(head),
    ...(outcome === "unclear" && isStillFalling(head) ? [longer(head)] : [gentler(head)]),
    ...shape(head),
    ...moreClasses(head),
    {
      title: "Check the labels",
      text: [
        "Look below at the classes taken for one another: two names for one thing, or one name for two, cannot be learned apart. A column that is no label teaches nothing.",
      ],
      code: "kindred doctor <labels>",
    },
  ];
}

function rawVectors(outcome: Outcome): Step {
  return {
    title: outcome === "mixed" ? "Choose by what you search for" : "Use the raw vectors",
    text: [
      outcome === "mixed"
        ? "precision@1 counts the nearest alone, MAP@R all that are of a class. With the raw vectors leave --head out."
        : "Leave --head out of evaluate and match: the vectors as they are cost nothing and are no worse here. The model is kept in the folder, so that you can compare.",
    ],
  };
}

function quietBatches({ result: { silentSteps, steps } }: TrainedHead): Step[] {
  if (silentSteps < 0.1 * steps) return [];
  return [
    {
      title: "Let the batches teach",
      text: [`${percent(silentSteps / steps)} of the batches taught nothing; follow the doctor's advice.`],
      code: "kindred train ... --auto",
    },
  ];
}

/** Whether the loss of the last fifth of the steps is well below that of the fifth before. */
function isStillFalling({ result: { history } }: TrainedHead): boolean {
  const loss = Array.from(history.loss);
  const fifth = Math.floor(loss.length / 5);
  if (fifth === 0) return true;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(loss.slice(-fifth)) < 0.95 * mean(loss.slice(-2 * fifth, -fifth));
}

function longer({ result: { steps } }: TrainedHead): Step {
  return {
    title: "Train longer",
    text: ["The loss was still falling when the training ended."],
    code: `kindred train ... --steps ${3 * steps}`,
  };
}

function gentler({ consultation: { options }, result: { steps } }: TrainedHead): Step {
  const rate = Number((options.learningRate / 3).toPrecision(1));
  return {
    title: "Train more gently",
    text: [
      "A head that learns its own classes by heart forgets what tells others apart: a smaller learning rate, or fewer steps.",
    ],
    code: `kindred train ... --lr ${rate}\nkindred train ... --steps ${Math.max(1, Math.round(steps / 3))}`,
  };
}

/** A smaller or wider head, where there is one. */
function shape({ data, consultation: { options } }: TrainedHead): Step[] {
  const { cols } = data.vectors;
  const wider = Math.min(cols, 2 * options.size);
  return [
    ...(options.hidden.length > 0
      ? [
          {
            title: "Leave the hidden layers out",
            text: ["A linear head keeps more of what the raw vectors know of classes that training never saw."],
            code: "kindred train ...    # without --hidden",
          },
        ]
      : []),
    ...(wider > options.size
      ? [
          {
            title: "Give the embeddings more columns",
            text: [`${plural(options.size, "column")} hold less than the ${cols} of the raw vectors.`],
            code: `kindred train ... --size ${wider}`,
          },
        ]
      : []),
  ];
}

function moreClasses({ split, consultation: { options } }: TrainedHead): Step[] {
  const classes = new Set(split.train.labels).size;
  if (classes >= FEW_CLASSES) return [];
  const share = Number((options.heldOut / 2).toPrecision(2));
  return [
    {
      title: "Give it more classes",
      text: [
        `It learned from ${plural(classes, "class", "classes")}; what tells new classes apart is learned from many. Add data, or hold out less (then the judgement is less sure).`,
      ],
      code: `kindred train ... --held-out ${share}`,
    },
  ];
}
