import { option } from "../options/kinds.ts";
import type { Option } from "../options/option.ts";
import { requireRegularizer, type Regularizer } from "./regularizer.ts";

/** The option of a penalty: a regularizer, or null for none. */
export function regularizerOption(): Option<Regularizer | null> {
  return option<Regularizer | null>("a regularizer", null, (given, name) => {
    requireRegularizer(name, given as Regularizer);
    return given as Regularizer;
  });
}
