import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MlpModel, type MlpShape, type SavedMlp } from "kindred";
import { InputError } from "../door/inputError.ts";
import { Head } from "./head.ts";
import { tensorBytes, tensorsOf } from "./safetensors.ts";

const FORMAT = "kindred-head";
const VERSION = 1;

interface Description {
  readonly format: string;
  readonly version: number;
  readonly shape: Required<MlpShape>;
  /** Names of the columns of what it was trained on. */
  readonly columns: readonly string[] | null;
}

/**
 * Writes a trained head to a folder: `head.json` (its shape) and `weights.safetensors` (`weights0`, `bias0` ...), which
 * any framework can read.
 */
export function saveHead({ model, columns }: Head, folder: string): void {
  const { shape, parameters } = model.save();
  mkdirSync(folder, { recursive: true });
  const description: Description = { format: FORMAT, version: VERSION, shape, columns };
  writeFileSync(join(folder, "head.json"), `${JSON.stringify(description, null, 2)}\n`);
  writeFileSync(join(folder, "weights.safetensors"), tensorBytes(parameters, { format: FORMAT }));
}

/**
 * The head that `kindred train` wrote, ready to embed.
 *
 *     const head = loadHead("kindred-out");
 *     const embeddings = head.embed(vectors);
 *
 * @param folder the output folder of `kindred train`, or the model's folder in it
 * @throws InputError when there is none, it is damaged, or of a newer version
 */
export function loadHead(folder: string): Head {
  const place = [folder, join(folder, "model")].find((path) => existsSync(join(path, "head.json")));
  if (place === undefined)
    throw new InputError(`${folder} holds no head.json; give the folder that kindred train wrote`);
  const { format, version, shape, columns = null } = readDescription(join(place, "head.json"));
  if (format !== FORMAT || shape === undefined)
    throw new InputError(
      `${join(place, "head.json")} does not describe a head of kindred; give the folder that kindred train wrote`,
    );
  if (version > VERSION)
    throw new InputError(
      `the head in ${place} is of version ${version}; this kindred reads up to ${VERSION}, update it`,
    );
  const weights = join(place, "weights.safetensors");
  if (!existsSync(weights)) throw new InputError(`${weights} is missing; copy it from where the head was trained`);
  const saved: SavedMlp = { kind: "mlp", shape, parameters: tensorsOf(readFileSync(weights), weights) };
  try {
    return new Head(MlpModel.restore(saved), columns);
  } catch (error) {
    throw new InputError(`the head in ${place} cannot be loaded: ${(error as Error).message}`);
  }
}

function readDescription(path: string): Partial<Description> & { version: number } {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Description;
  } catch {
    throw new InputError(`${path} is damaged; train again, or copy it from where the head was trained`);
  }
}
