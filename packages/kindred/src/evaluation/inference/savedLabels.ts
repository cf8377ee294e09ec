import { isJsonObject } from "../../bytes/jsonObject.ts";
import { describe } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";

/** A label as JSON holds it: what JSON lacks, bigints and infinities, as an object with the name of its type. */
type SavedLabel = string | number | boolean | { readonly bigint: string } | { readonly number: string };

export function toSavedLabel(label: Label): SavedLabel {
  if (typeof label === "bigint") return { bigint: String(label) };
  if (typeof label === "number" && !Number.isFinite(label)) return { number: String(label) };
  return label;
}

/**
 * The labels of `count` references; none where they have none.
 *
 * @throws RangeError when they are no labels, or not one a reference
 */
export function fromSavedLabels(saved: unknown, count: number): Label[] {
  const labels: unknown = saved ?? [];
  if (!Array.isArray(labels))
    throw new RangeError(`the index was saved with ${describe(saved)}, no labels; give what saveKnn() returned`);
  if (labels.length !== 0 && labels.length !== count)
    throw new RangeError(
      `the index was saved with ${labels.length} labels for ${count} references; give what saveKnn() returned`,
    );
  return labels.map(fromSavedLabel);
}

function fromSavedLabel(saved: unknown, i: number): Label {
  if (typeof saved === "string" || typeof saved === "boolean" || typeof saved === "number") return saved;
  const { bigint, number } = isJsonObject(saved) ? saved : {};
  if (typeof bigint === "string" && /^-?\d+$/.test(bigint)) return BigInt(bigint);
  if (number === "Infinity" || number === "-Infinity") return Number(number);
  throw new RangeError(`label ${i} of the index is ${describe(saved)}; give what saveKnn() returned`);
}
