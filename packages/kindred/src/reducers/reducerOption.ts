import { object } from "../options/kinds.ts";
import type { Option } from "../options/option.ts";
import type { Reducer } from "./reducer.ts";
import { requireReducer } from "./requireReducer.ts";

/** The option that says how item losses become one number. @param usual the default */
export function reducerOption(usual: Reducer): Option<Reducer, Reducer | null> {
  return object("a reducer", usual, (given, name) => requireReducer(name, given as Reducer));
}
