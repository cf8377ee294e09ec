import { MlpModel, ProjectionHead, type HeadModel, type Matrix, type SavedMlp, type SavedProjection } from "kindred";

/** The layers of a head, without their weights. */
type Shape = SavedMlp["shape"];

/** What a head is, without its weights: an MLP, or a linear map to which an MLP may be added (see {@link ProjectionHead}). */
export type HeadForm =
  | { readonly kind: "mlp"; readonly shape: Shape }
  | { readonly kind: "projection"; readonly shape: Shape; readonly residual: Shape | null };

type Tensors = Readonly<Record<string, Matrix>>;

/** A head as its form and all its weights, by name. */
export interface HeadParts {
  readonly form: HeadForm;
  readonly tensors: Tensors;
}

/** What the names of the weights of what is added begin with. */
const RESIDUAL = "residual.";

/** Weights are live: written, not changed. */
export function partsOfHead(model: HeadModel): HeadParts {
  const saved: SavedMlp | SavedProjection = model.save();
  if (saved.kind === "mlp") return { form: { kind: "mlp", shape: saved.shape }, tensors: saved.parameters };
  const { map, residual } = saved;
  return {
    form: { kind: "projection", shape: map.shape, residual: residual && residual.shape },
    tensors: { ...map.parameters, ...(residual && renamed(residual.parameters, (name) => RESIDUAL + name)) },
  };
}

/** @throws TypeError, RangeError when form and weights are of no head */
export function headOfParts({ form, tensors }: HeadParts): HeadModel {
  if (form.kind === "mlp") return MlpModel.restore({ kind: "mlp", shape: form.shape, parameters: tensors });
  const isAdded = (name: string): boolean => name.startsWith(RESIDUAL);
  const own = (shape: Shape, parameters: Tensors): SavedMlp => ({ kind: "mlp", shape, parameters });
  if (form.residual === null)
    return ProjectionHead.restore({ kind: "projection", map: own(form.shape, tensors), residual: null });
  const added = renamed(chosen(tensors, isAdded), (name) => name.slice(RESIDUAL.length));
  const map = chosen(tensors, (name) => !isAdded(name));
  return ProjectionHead.restore({
    kind: "projection",
    map: own(form.shape, map),
    residual: own(form.residual, added),
  });
}

function chosen(tensors: Tensors, isWanted: (name: string) => boolean): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => isWanted(name)));
}

function renamed(tensors: Tensors, name: (old: string) => string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([old, tensor]) => [name(old), tensor]));
}
