import { MultipleLosses } from "../../losses/around/multipleLosses.ts";
import type { Loss } from "../../losses/core/loss.ts";
import { checkNumber, describe, unknownName } from "../../matrix/checks.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Model } from "../model.ts";
import type { Stage } from "../stage.ts";
import type { EmbeddingModels } from "./composedModel.ts";
import { FrozenLoss } from "./frozenLoss.ts";
import { MinedLoss } from "./minedLoss.ts";
import type { ModelsByName } from "./modelStates.ts";

/** What a trainer is made of, by PML's names. M, L, N: its models, losses and miners; W: the names of what is weighted. */
export interface PartsOptions<M extends object, L extends object, N extends object, W extends string> {
  readonly models: M;
  readonly lossFuncs: L;
  readonly miningFuncs?: N | null;
  /** What each loss is multiplied by, >= 0; default 1 each. */
  readonly lossWeights?: Readonly<Partial<Record<W, number>>> | null;
  /** Models and losses by name whose weights stay as they are; default none. */
  readonly freezeThese?: readonly ((keyof M | keyof L) & string)[];
}

/** The names of a trainer's parts. */
interface KnownParts {
  readonly models: KnownNames;
  readonly lossFuncs: KnownNames;
  readonly miningFuncs?: KnownNames;
  /** What has a weight besides the losses given. */
  readonly weighted?: readonly string[];
}

interface KnownNames {
  readonly needed?: readonly string[];
  readonly others?: readonly string[];
}

/** {@link PartsOptions} of any trainer. */
interface Given {
  readonly models: object;
  readonly lossFuncs: object;
  readonly miningFuncs?: object | null;
  readonly lossWeights?: object | null;
  readonly freezeThese?: readonly string[];
}

/** The parts of a trainer, checked. */
export class TrainerParts {
  readonly models: EmbeddingModels & ModelsByName;
  readonly #owner: string;
  readonly #losses: Readonly<Record<string, Loss>>;
  readonly #miners: Readonly<Record<string, Miner>>;
  readonly #weights: Readonly<Record<string, number>>;
  readonly #frozen: readonly string[];

  /** @throws TypeError, RangeError naming what is missing, unknown, or no such part */
  constructor(owner: string, given: Given, known: KnownParts) {
    this.#owner = owner;
    const { models, lossFuncs, miningFuncs, lossWeights, freezeThese = [] } = given;
    this.models = this.#read<Model>("models", models, known.models) as EmbeddingModels & ModelsByName;
    this.#losses = this.#read<Loss>("lossFuncs", lossFuncs, known.lossFuncs);
    this.#miners = this.#read<Miner>("miningFuncs", miningFuncs ?? {}, known.miningFuncs ?? {});
    this.#checkParts();
    const weighted = [...this.#names(known.lossFuncs), ...(known.weighted ?? [])];
    this.#weights = this.#read<number>("lossWeights", lossWeights ?? {}, { others: weighted });
    for (const [name, weight] of Object.entries(this.#weights))
      checkNumber(weight, `lossWeights.${name}`, { atLeast: 0 });
    const trained = [...Object.keys(this.models), ...Object.keys(this.#losses)];
    if (!isList(freezeThese))
      throw new TypeError(`freezeThese is ${describe(freezeThese)}; give a list of names of models and losses`);
    for (const name of freezeThese)
      if (!trained.includes(name))
        throw new RangeError(unknownName("freezeThese names the unknown part", name, trained));
    this.#frozen = freezeThese;
  }

  /** Whether a model is moved at all. */
  readonly moves = (name: string): boolean => !this.#frozen.includes(name);

  /** A model that stands behind another one; null where it was not given. @throws TypeError when it cannot */
  stage(name: string): Stage | null {
    if (!Object.hasOwn(this.models, name)) return null;
    const stage = this.models[name] as Stage;
    if (typeof stage.backwardToInputs === "function" && typeof stage.forget === "function") return stage;
    throw new TypeError(
      `${this.#owner}'s models.${name} stands behind another model and has no backwardToInputs and forget; give one that has both, such as MlpModel`,
    );
  }

  /** A loss that was given; its parameters out of sight where it is frozen. */
  loss(name: string): Loss | null {
    if (!Object.hasOwn(this.#losses, name)) return null;
    const loss = this.#losses[name];
    return this.#frozen.includes(name) ? new FrozenLoss(loss) : loss;
  }

  miner(name: string): Miner | null {
    return this.#miners[name] ?? null;
  }

  /** A loss on what its miner finds, where there is one. @param before the loss whose miner went before, in a cascade */
  minedLoss(name: string, minerName: string, before: Loss | null = null): Loss | null {
    const [loss, miner] = [this.loss(name), this.miner(minerName)];
    if (loss === null && miner !== null)
      throw new TypeError(`${this.#owner}'s ${minerName} has no ${name} to mine for; give both or neither`);
    if (loss === null || miner === null) return loss;
    return new MinedLoss(loss, miner, before instanceof MinedLoss ? before : null);
  }

  weight(name: string): number {
    return this.#weights[name] ?? 1;
  }

  weights(names: readonly string[]): Readonly<Record<string, number>> {
    return Object.fromEntries(names.map((name) => [name, this.weight(name)]));
  }

  /** The weighted sum of losses. */
  sum(losses: Readonly<Record<string, Loss>>): MultipleLosses {
    return new MultipleLosses(losses, { weights: this.weights(Object.keys(losses)) });
  }

  /** The entries that there are, by name. */
  #read<T>(what: string, given: object, known: KnownNames): Readonly<Record<string, T>> {
    const [owner, names] = [this.#owner, this.#names(known)];
    if (typeof given !== "object" || given === null || Array.isArray(given))
      throw new TypeError(`${owner}'s ${what} is ${describe(given)}; give a record with ${names.join(", ")}`);
    const entries = Object.entries(given as Record<string, T | null | undefined>);
    const there = entries.filter((entry): entry is [string, T] => entry[1] !== null && entry[1] !== undefined);
    for (const [name] of there)
      if (!names.includes(name)) throw new TypeError(unknownName(`${owner} knows no entry of ${what}`, name, names));
    const missing = known.needed?.find((name) => !there.some(([given]) => given === name));
    if (missing !== undefined)
      throw new TypeError(`${owner}'s ${what} has no ${missing}; give ${known.needed!.join(", ")}`);
    return Object.fromEntries(there);
  }

  #names({ needed = [], others = [] }: KnownNames): readonly string[] {
    return [...needed, ...others];
  }

  #checkParts(): void {
    this.#checkMethods("models", this.models, ["embed", "backward", "step"]);
    this.#checkMethods("lossFuncs", this.#losses, ["evaluate"]);
    this.#checkMethods("miningFuncs", this.#miners, ["mine"]);
    const names = Object.keys(this.models);
    names.forEach((name, k) => {
      const twin = names.slice(0, k).find((other) => this.models[other] === this.models[name]);
      if (twin !== undefined)
        throw new TypeError(`${this.#owner}'s models.${twin} and models.${name} are one model; give each its own`);
    });
  }

  #checkMethods(what: string, parts: Readonly<Record<string, unknown>>, methods: readonly string[]): void {
    for (const [name, part] of Object.entries(parts)) {
      const missing = methods.find((method) => typeof (part as Record<string, unknown>)[method] !== "function");
      if (missing !== undefined)
        throw new TypeError(`${this.#owner}'s ${what}.${name} is ${describe(part)}, which has no method ${missing}`);
    }
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
