import { checkKind, checkStateNames, KIND, type UncheckedState } from "./checkState.ts";
import { type Loading, prepareAll } from "./loading.ts";
import type { State, StateValue } from "./state.ts";

/** One entry of a state: how it is saved, and how one that was saved is checked and then taken. */
export interface StateEntry {
  /** A copy of what is kept. */
  save(): StateValue;
  /** @param name what the entry is called in errors: "the state's W" @throws TypeError, RangeError when it will not do */
  prepare(given: unknown, name: string): Loading;
}

/** All that something keeps, by name: saving, checking and loading follow from it. */
export type StateRecord = Readonly<Record<string, StateEntry>>;

/** What the entries of a record keep, and whose it is. @param kind the name of the class */
export function saveState(kind: string, record: StateRecord): State {
  return { [KIND]: kind, ...saveEntries(record) };
}

/**
 * Checks a state for a record: its kind, that it has the record's names and no others, and every entry. Nothing changes before
 * it is taken.
 *
 * @throws TypeError, RangeError saying what was given and what is needed
 */
export function prepareState(kind: string, record: StateRecord, state: unknown): Loading {
  const given = checkKind(state, kind);
  checkStateNames(given, [KIND, ...Object.keys(record)], "the state", kind);
  return prepareEntries(record, given, "the state's ");
}

/** What the entries keep. */
export function saveEntries(record: StateRecord): State {
  return Object.fromEntries(Object.entries(record).map(([name, entry]) => [name, entry.save()]));
}

/** Checks the entries of a record, whose names are there. @param prefix what stands before a name in errors: "the state's " */
export function prepareEntries(record: StateRecord, given: UncheckedState, prefix: string): Loading {
  return prepareAll(preparedOneByOne(record, given, prefix));
}

function* preparedOneByOne(record: StateRecord, given: UncheckedState, prefix: string): Iterable<Loading> {
  for (const [name, entry] of Object.entries(record)) yield entry.prepare(given[name], `${prefix}${name}`);
}
