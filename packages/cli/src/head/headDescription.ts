import { InputError } from "../door/inputError.ts";
import type { HeadForm } from "./savedHead.ts";
import { openSealedJson, sealedJson } from "./sealedJson.ts";

const FORMAT = "kindred-head";
const VERSION = 2;
/** More than any head's description takes: what is longer is not read. */
export const MOST_DESCRIPTION_BYTES = 2 ** 26;

/** What head.json says. */
interface HeadDescription {
  readonly form: HeadForm;
  /** Names of the columns of what it was trained on; null where they had none. */
  readonly columns: readonly string[] | null;
  /** The checksum of weights.safetensors: the two files are of one training. */
  readonly weights: string;
}

/** The text of head.json. */
export function describeHead({ form, columns, weights }: HeadDescription): string {
  return sealedJson({ format: FORMAT, version: VERSION, ...form, columns, weights });
}

/**
 * What head.json says, whole and of this version. The shapes are left to the model that is made of them.
 *
 * @throws InputError when it is damaged, changed, of another version or no head's
 */
export function readHeadDescription(bytes: Uint8Array, path: string): HeadDescription {
  const opened = openSealedJson(bytes);
  if (opened === null)
    throw new InputError(
      `${path} is damaged: it is no JSON object; train again, or copy it from where the head was trained`,
    );
  const { format, version, columns, weights, kind, shape, ...rest } = opened.object;
  if (format !== FORMAT)
    throw new InputError(`${path} does not describe a head of kindred; give the folder that kindred train wrote`);
  if (version !== VERSION)
    throw new InputError(
      `the head of ${path} is of version ${JSON.stringify(version)}; this kindred reads version ${VERSION}: ${isNewer(version) ? "update it" : "train again"}`,
    );
  if (!opened.isWhole)
    throw new InputError(
      `${path} is damaged, or was changed since it was written: its checksum is not that of what it says; copy it from where the head was trained, or train again`,
    );
  if (kind !== "mlp" && kind !== "projection")
    throw new InputError(
      `the head of ${path} is of kind ${JSON.stringify(kind)}; mlp and projection are known: train again`,
    );
  const { residual, ...unexpected } = rest;
  const unknown = Object.keys(kind === "mlp" ? rest : unexpected);
  if (unknown.length > 0 || typeof weights !== "string")
    throw new InputError(
      `${path} ${unknown.length > 0 ? `has the unexpected ${JSON.stringify(unknown[0])}` : "has no checksum of the weights"}; train again`,
    );
  if (!isNames(columns) && columns !== null)
    throw new InputError(`the columns of ${path} are neither a list of names nor null; train again`);
  const form = kind === "mlp" ? { kind, shape } : { kind, shape, residual };
  return { form: form as HeadForm, columns, weights };
}

function isNewer(version: unknown): boolean {
  return typeof version === "number" && version > VERSION;
}

function isNames(columns: unknown): columns is readonly string[] {
  return Array.isArray(columns) && columns.every((name) => typeof name === "string");
}
