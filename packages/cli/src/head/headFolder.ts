import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tensorsFromBytes, tensorsToBytes, type HeadModel, type TensorFile } from "kindred";
import { InputError } from "../door/inputError.ts";
import { Head } from "./head.ts";
import { describeHead, MOST_DESCRIPTION_BYTES, readHeadDescription } from "./headDescription.ts";
import { headOfParts, partsOfHead, type HeadParts } from "./savedHead.ts";

const DESCRIPTION = "head.json";
const WEIGHTS = "weights.safetensors";
/** As much as Node reads at once. */
const MOST_WEIGHTS_BYTES = 2 ** 31 - 1;

/**
 * Writes a trained head to a folder: `head.json` (its layers and columns) and `weights.safetensors` (`weights0`, `bias0` ...,
 * `residual.weights0` ... of what is added), which any framework can read. Both have a checksum of their contents, and head.json that of its weights.
 */
export function saveHead({ model, columns }: Head, folder: string): void {
  const { form, tensors } = partsOfHead(model);
  mkdirSync(folder, { recursive: true });
  const bytes = tensorsToBytes(tensors, { format: "kindred-head" });
  const weights = tensorsFromBytes(bytes).checksum!;
  writeFileSync(join(folder, WEIGHTS), bytes);
  writeFileSync(join(folder, DESCRIPTION), describeHead({ form, columns, weights }));
}

/**
 * The head that `kindred train` wrote, ready to embed.
 *
 *     const head = loadHead("kindred-out");
 *     const embeddings = head.embed(vectors);
 *
 * @param folder the output folder of `kindred train`, or the model's folder in it
 * @throws InputError when there is none, it is damaged or changed, its two files are not of one training, or it is of another
 *   version
 */
export function loadHead(folder: string): Head {
  const place = [folder, join(folder, "model")].find((path) => existsSync(join(path, DESCRIPTION)));
  if (place === undefined)
    throw new InputError(`${folder} holds no head.json; give the folder that kindred train wrote`);
  const path = join(place, DESCRIPTION);
  const { form, columns, weights } = readHeadDescription(bytesOf(path, MOST_DESCRIPTION_BYTES), path);
  const { tensors, checksum } = readWeights(join(place, WEIGHTS));
  if (checksum !== weights)
    throw new InputError(
      `${DESCRIPTION} and ${WEIGHTS} in ${place} are not of one training: the checksum of the weights is ${checksum ?? "missing"}, ${weights} is needed; copy both from where the head was trained`,
    );
  const model = restored({ form, tensors }, place);
  const { inputSize } = model;
  if (columns !== null && columns.length !== inputSize)
    throw new InputError(`${path} names ${columns.length} columns for ${inputSize} inputs; train again`);
  return new Head(model, columns);
}

function restored(parts: HeadParts, place: string): HeadModel {
  try {
    return headOfParts(parts);
  } catch (error) {
    throw new InputError(`the head in ${place} cannot be loaded: ${(error as Error).message}`);
  }
}

function readWeights(path: string): TensorFile {
  if (!existsSync(path)) throw new InputError(`${path} is missing; copy it from where the head was trained`);
  const bytes = bytesOf(path, MOST_WEIGHTS_BYTES);
  try {
    return tensorsFromBytes(bytes);
  } catch (error) {
    throw new InputError(`${path} is damaged or no head's: ${(error as Error).message}`);
  }
}

function bytesOf(path: string, most: number): Uint8Array {
  try {
    const stats = statSync(path);
    const { size } = stats;
    if (!stats.isFile()) throw new Error("it is no file");
    if (size > most) throw new Error(`it has ${size} bytes, a head's has at most ${most}`);
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
