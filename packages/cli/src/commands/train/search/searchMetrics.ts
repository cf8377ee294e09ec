import type { CandidateResult, HeadRecipe } from "kindred";
import { sizeOf } from "../judged/trainMetrics.ts";
import { USUAL_BUDGET } from "../options/trainOptions.ts";
import type { FoundHead } from "./foundHead.ts";

/** What metrics.json says of a search. */
export function searchFigures({
  found,
  training,
  choosing,
  doctor,
  lossesReason,
  m,
  wishes,
  isStopped,
}: FoundHead): object {
  const { candidates, chosenGain, isBetter, recipe, steps, plan, seconds, parts } = found;
  return {
    search: {
      budgetSeconds: wishes.budget ?? USUAL_BUDGET,
      seconds,
      isStopped,
      plan,
      m,
      lossesReason,
      trainedOn: sizeOf(training),
      chosenBy: { ...sizeOf(choosing), gain: chosenGain },
      copiesLeftOut: parts.leftOut,
      isBetter,
      chosen: { ...recipeFigures(recipe), steps },
      candidates: candidates.map(candidateFigures),
    },
    doctor: { status: doctor.status, verdict: doctor.verdict },
    options: wishes,
  };
}

function candidateFigures({ recipe, ...figures }: CandidateResult): object {
  return { ...figures, ...recipeFigures(recipe) };
}

function recipeFigures({ loss, ...recipe }: HeadRecipe): object {
  return { ...recipe, loss: loss?.name ?? null };
}
