import type { State } from "./state.ts";

/** A state that was found right and has not been taken yet. */
export interface Loading {
  /** Goes on from it. Throws nothing. */
  take(): void;
  /** Leaves everything as it was. */
  drop(): void;
}

/** What is saved and loaded. */
export interface Keeper<S> {
  state(): S;
  load(state: S): void;
  /** Checks a state and changes nothing before it is taken. */
  prepareLoad?(state: S): Loading;
}

/** Whether a part keeps something. */
export function isKeeper<P extends object>(part: P | null): part is P & Keeper<State> {
  const { state, load } = (part ?? {}) as Partial<Keeper<State>>;
  return typeof state === "function" && typeof load === "function";
}

/** A state that is found right; `take` goes on from it. */
export function loading(take: () => void): Loading {
  return { take, drop: () => undefined };
}

/**
 * Checks the state of a part. A part of the caller's own may only have `load`: it loads at once, and gets back what it had
 * when it throws or the state is dropped.
 */
export function prepareLoad<S>(part: Keeper<S>, state: S): Loading {
  if (part.prepareLoad !== undefined) return part.prepareLoad(state);
  const before = part.state();
  try {
    part.load(state);
  } catch (error) {
    try {
      part.load(before);
    } catch {
      // why the state was refused tells more
    }
    throw error;
  }
  return { take: () => undefined, drop: () => part.load(before) };
}

/** Several states as one: when one is refused, those before it are dropped. */
export function prepareAll(prepared: Iterable<Loading>): Loading {
  const ready: Loading[] = [];
  const drop = (): void => ready.toReversed().forEach((each) => each.drop());
  try {
    for (const each of prepared) ready.push(each);
  } catch (error) {
    drop();
    throw error;
  }
  return { take: () => ready.forEach((each) => each.take()), drop };
}
