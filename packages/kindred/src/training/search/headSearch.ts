import { mean } from "../../evaluation/accuracy/averages.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { embedInBatches } from "../embedInBatches.ts";
import { ProjectionHead } from "../heads/projectionHead.ts";
import { closedCandidates, type HeadWishes, trainedCandidates } from "./candidates.ts";
import { ClosedForms, type MapRecipe } from "./closedForms.ts";
import { Contestant } from "./contestant.ts";
import { withinProducts } from "./fewerRows.ts";
import { areAlike, type QueryScores, goodnessOf, scoreOf } from "./goodness.ts";
import { closedForm, type HeadModel, type HeadRecipe, type LossRecipe, recipeTitle } from "./headRecipe.ts";
import { beginTraining, isSound, type LabelledRows, type TrainingRules } from "./headTraining.ts";
import type { HeldBy } from "./heldParts.ts";
import { LOOK_EVERY } from "./lookEvery.ts";
import { searchAdvice } from "./searchAdvice.ts";
import { FIRST_STEPS, firstStepsFor, mayBegin, roundsFor, type SearchPlan } from "./searchPlan.ts";
import type { SavedContestant, SearchSnapshot } from "./searchSnapshot.ts";

/** How a search stands. */
export interface SearchProgress {
  readonly phase: "closed forms" | "contest" | "refit" | "judging";
  /** What is being tried, in words. */
  readonly candidate: string;
  /** Steps trained so far, of all heads. */
  readonly steps: number;
  readonly seconds: number;
}

/** One row of the table of what was tried, at its best step, on the part to choose by. */
export interface CandidateResult {
  readonly title: string;
  readonly recipe: HeadRecipe;
  readonly precisionAt1: number;
  readonly meanAveragePrecisionAtR: number;
  /** The mean of the two, by which heads are chosen. */
  readonly score: number;
  /** How many steps it was trained, and after how many it was best. */
  readonly steps: number;
  readonly bestStep: number;
  readonly seconds: number;
}

/** What a search needs to be told. */
interface SearchRules extends TrainingRules, HeadWishes {
  readonly by: HeldBy;
  readonly budgetSeconds: number;
  /** Seconds of the budget that are needed when the search is over, training the best one again aside. */
  readonly secondsAfter: number;
  readonly plan: SearchPlan | null;
  readonly losses: readonly LossRecipe[];
  readonly signal: AbortSignal | null;
  /** The checksum of what is searched for. */
  readonly task: number;
  readonly resume: SearchSnapshot | null;
  readonly onSnapshot: ((snapshot: SearchSnapshot) => void | Promise<void>) | null;
  readonly onProgress: (progress: SearchProgress) => void;
}

/** Products of entries that one look may take, about a fifth of a second: queries x references x columns. */
const LOOK_PRODUCTS = 1.5e9;

/** Compares heads on rows that none of them is trained on: closed forms first, then those that begin where the best of them is. */
export class HeadSearch {
  readonly #train: LabelledRows;
  readonly #choose: LabelledRows;
  /** null: those to choose by, among themselves. */
  readonly #references: LabelledRows | null;
  readonly #forms: ClosedForms;
  readonly #rules: SearchRules;
  readonly #began = performance.now();
  readonly #contestants: Contestant[] = [];
  readonly #saved = new Map<Contestant, SavedContestant>();
  #plan: Partial<SearchPlan>;

  constructor(train: LabelledRows, choose: LabelledRows, rules: SearchRules) {
    this.#train = train;
    this.#rules = rules;
    this.#plan = rules.plan ?? rules.resume?.plan ?? {};
    [this.#choose, this.#references] = withinProducts(
      choose,
      rules.by === "class" ? null : train,
      LOOK_PRODUCTS,
      rules.seed,
    );
    this.#forms = new ClosedForms(train.inputs, train.labels);
  }

  /** Finds the best head. @returns the plan that finds it again */
  async run(): Promise<SearchPlan> {
    await this.#tryClosedForms();
    const recipes = trainedCandidates(this.bestClosedForm.recipe.map!, this.#rules.by, this.#rules.losses, this.#rules);
    return this.#contest(recipes);
  }

  /** The best one: of those that cannot be told from it the most promising, as the highest of many scores is high by chance, too. */
  get winner(): Contestant {
    const trained = this.#contestants.filter(({ recipe }) => recipe.loss !== null);
    return this.#mostPromising([...trained, ...this.#closedForms]);
  }

  /** The best of what is computed only. */
  get bestClosedForm(): Contestant {
    return this.#mostPromising(this.#closedForms);
  }

  /** In the order of their promise, the vectors as they are last. */
  get #closedForms(): Contestant[] {
    const [raw, ...others] = this.#contestants.filter(({ recipe }) => recipe.loss === null);
    return [...others, raw];
  }

  /** @param contestants in the order of their promise */
  #mostPromising(contestants: readonly Contestant[]): Contestant {
    const best = contestants.reduce((most, each) => (each.score > most.score ? each : most));
    const isAsGood = (each: Contestant): boolean =>
      each === best || areAlike(each.best.goodness, best.best.goodness, this.#choose.labels);
    return contestants.find(isAsGood) ?? best;
  }

  /** The vectors as they are. */
  get raw(): Contestant {
    return this.#contestants[0];
  }

  /** Of the rows to choose by, as each head was compared on. */
  get chooseLabels(): readonly Label[] {
    return this.#choose.labels;
  }

  /** What data would help, where nothing was better than the vectors as they are. */
  advice(): string[] {
    const whitened: MapRecipe = { form: "whitening", power: 0.5, shrinkage: 0.3 };
    const scoreOfForm = (forms: ClosedForms): number =>
      scoreOf(this.#goodnessOf(new ProjectionHead({ map: forms.map(whitened) })));
    return searchAdvice({
      train: this.#train,
      choose: this.#choose,
      references: this.#references,
      rawScore: this.raw.score,
      fullScore: scoreOfForm(this.#forms),
      scoreWith: ({ inputs, labels }) => scoreOfForm(new ClosedForms(inputs, labels)),
      seed: this.#rules.seed,
    });
  }

  /** All that was tried, the best first. */
  get results(): CandidateResult[] {
    return this.#contestants.map(resultOf).sort((a, b) => b.score - a.score);
  }

  /**
   * Trains a recipe once more on other rows, for so many steps, or more where there are more rows, as it takes longer to learn these by
   * heart: times the root of how many times as many.
   *
   * @returns null when it diverges or is ended early
   */
  async trainAgain(recipe: HeadRecipe, rows: LabelledRows, steps: number): Promise<HeadModel | null> {
    const { signal } = this.#rules;
    this.#tell("refit", recipe);
    const forms = new ClosedForms(rows.inputs, rows.labels);
    const { head, trainer } = beginTraining(recipe, rows, forms, this.#rules);
    const longer = Math.round(steps * Math.sqrt(rows.inputs.rows / this.#train.inputs.rows));
    if (trainer !== null && longer > 0) await trainer.train({ steps: longer, ...(signal !== null && { signal }) });
    return isSound(head) && !signal?.aborted ? head : null;
  }

  async #tryClosedForms(): Promise<void> {
    const classes = new Set(this.#train.labels).size;
    for (const map of closedCandidates(this.#train.inputs.cols, classes)) {
      if (!this.#isNextToBegin("closedForms", this.#contestants.length)) break;
      await this.#begin(closedForm(map), "closed forms");
    }
    await this.#settle({ closedForms: this.#contestants.length });
  }

  async #contest(recipes: readonly HeadRecipe[]): Promise<SearchPlan> {
    const closedForms = this.#contestants.length;
    let entrants: Contestant[] = [];
    for (const recipe of recipes) {
      if (!this.#isNextToBegin("contestants", entrants.length)) break;
      const contestant = await this.#begin(recipe, "contest");
      entrants.push(contestant);
      await this.#advance(contestant, await this.#firstSteps(contestant));
    }
    const contestants = entrants.length;
    const secondsPerStep =
      sum(entrants.map((each) => each.seconds)) / Math.max(1, sum(entrants.map((each) => each.steps)));
    const rounds = this.#plan.rounds ?? roundsFor(contestants, this.#seconds - this.#spent, secondsPerStep);
    await this.#settle({ contestants, rounds });
    const { firstSteps = FIRST_STEPS } = this.#plan;
    let target = firstSteps;
    for (const steps of rounds) {
      target += steps;
      entrants = better(entrants);
      for (const contestant of entrants) await this.#advance(contestant, target);
    }
    return { closedForms, contestants, firstSteps, rounds };
  }

  /** As the plan says, or as the first look at the first head lets expect. */
  async #firstSteps(contestant: Contestant): Promise<number> {
    if (this.#rules.plan !== null) return this.#rules.plan.firstSteps ?? FIRST_STEPS;
    if (this.#plan.firstSteps === undefined) {
      const before = this.#spent;
      await this.#advance(contestant, LOOK_EVERY);
      const perStep = (this.#spent - before) / LOOK_EVERY;
      await this.#settle({ firstSteps: firstStepsFor(this.#seconds - this.#spent, perStep) });
    }
    return this.#plan.firstSteps ?? LOOK_EVERY;
  }

  async #advance(contestant: Contestant, target: number): Promise<void> {
    if (contestant.steps >= target || contestant.isAtRest) return;
    this.#tell("contest", contestant.recipe);
    await contestant.advanceTo(target, this.#rules.signal);
    await this.#settle({});
  }

  /** As the plan says, or as the budget allows. A search that was ended early has the vectors as they are, at least. */
  #isNextToBegin(kind: "closedForms" | "contestants", begun: number): boolean {
    if (this.#rules.signal?.aborted) return kind === "closedForms" && begun === 0;
    const planned = this.#plan[kind];
    if (planned !== undefined) return begun < planned;
    const hadBegun = this.#contestants.length < (this.#rules.resume?.contestants.length ?? 0);
    return hadBegun || begun === 0 || mayBegin(kind, begun, this.#spent, this.#seconds);
  }

  /** Notes what of the plan no longer depends on the time that is left, and tells how far the search is. */
  async #settle(settled: Partial<SearchPlan>): Promise<void> {
    const { signal, onSnapshot, resume, task } = this.#rules;
    // what a search that is being ended did not try is not settled
    if (signal?.aborted) return;
    this.#plan = { ...settled, ...this.#plan };
    // one that holds less than what it goes on from would take its place
    if (onSnapshot === null || this.#contestants.length < (resume?.contestants.length ?? 0)) return;
    for (const contestant of this.#contestants)
      if (this.#saved.get(contestant)?.steps !== contestant.steps) this.#saved.set(contestant, await contestant.save());
    const contestants = this.#contestants.map((each) => this.#saved.get(each)!);
    await onSnapshot({ kind: "search", task, seconds: this.#spent, plan: this.#plan, contestants });
  }

  get #spent(): number {
    return (this.#rules.resume?.seconds ?? 0) + secondsSince(this.#began);
  }

  /** What may be spent: the budget less what the best one takes to be computed again, twice, and to be judged. */
  get #seconds(): number {
    const { budgetSeconds, secondsAfter } = this.#rules;
    return budgetSeconds - secondsAfter - this.#secondsToBeginAgain;
  }

  get #secondsToBeginAgain(): number {
    return 2 * this.#forms.seconds(this.bestClosedForm.recipe.map!);
  }

  async #begin(recipe: HeadRecipe, phase: SearchProgress["phase"]): Promise<Contestant> {
    this.#tell(phase, recipe);
    const beginning = beginTraining(recipe, this.#train, this.#forms, this.#rules);
    const contestant = new Contestant(recipe, beginning, (head) => this.#goodnessOf(head));
    const saved = this.#rules.resume?.contestants[this.#contestants.length];
    if (saved !== undefined) await contestant.load(saved);
    this.#contestants.push(contestant);
    return contestant;
  }

  #goodnessOf(head: HeadModel): QueryScores {
    const embed = ({ inputs }: LabelledRows): Matrix => embedInBatches(head, inputs);
    return goodnessOf({
      query: embed(this.#choose),
      queryLabels: this.#choose.labels,
      reference: this.#references && embed(this.#references),
      referenceLabels: this.#references && this.#references.labels,
    });
  }

  #tell(phase: SearchProgress["phase"], recipe: HeadRecipe): void {
    const steps = sum(this.#contestants.map((each) => each.steps));
    this.#rules.onProgress({ phase, candidate: recipeTitle(recipe), steps, seconds: secondsSince(this.#began) });
  }
}

/** The better half, one at least, in the order in which they began; of equals those that began first. */
function better(contestants: readonly Contestant[]): Contestant[] {
  const byScore = [...contestants].sort((a, b) => b.score - a.score);
  const stay = new Set(byScore.slice(0, Math.max(1, Math.ceil(contestants.length / 2))));
  return contestants.filter((each) => stay.has(each));
}

function resultOf({ recipe, best, score, steps, seconds }: Contestant): CandidateResult {
  const { precisionAt1, averagePrecisionAtR } = best.goodness;
  return {
    title: recipeTitle(recipe),
    recipe,
    precisionAt1: mean(precisionAt1),
    meanAveragePrecisionAtR: mean(averagePrecisionAtR),
    score,
    steps,
    bestStep: best.step,
    seconds,
  };
}

function secondsSince(then: number): number {
  return (performance.now() - then) / 1000;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
