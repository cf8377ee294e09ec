import type { Array as JaxArray } from "@jax-js/jax";
import { describe } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { NamedMatrices } from "../../training/weights/namedMatrices.ts";
import { flatShape } from "../shapes/flatShape.ts";
import { jax } from "./library.ts";

/**
 * What a function of jax-js computes with: arrays in objects and lists, as deep as one likes. A type of one's own for it is a `type`,
 * not an `interface`, as for any tree of jax-js.
 */
export type ParameterTree = JaxArray | readonly ParameterTree[] | { readonly [name: string]: ParameterTree };

/** Where an array stands in a tree, and its shape. */
interface Leaf {
  /** The way to it, "layers.0.weights"; "parameters" when the tree is one array. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** The build of a tree without its arrays. */
type Build = Leaf | readonly Build[] | { readonly [name: string]: Build };

/** Says of each object of a build whether it is a leaf. */
const leaves = new WeakSet<object>();

/**
 * The arrays of a tree as matrices by name, and back: an optimizer of kindred moves the matrices. An array lies flat, its last
 * dimension as columns.
 */
export class ParameterStore<P extends ParameterTree> {
  /** The values, live. */
  readonly matrices: NamedMatrices;
  readonly #build: Build;

  /**
   * @param tree it is consumed, as by any function of jax-js
   * @throws TypeError when something in it is no array of float32; RangeError when it is empty or two arrays have one name
   */
  constructor(tree: P) {
    const matrices: Record<string, Matrix> = {};
    this.#build = buildOf(tree, "", (name, array) => {
      if (Object.hasOwn(matrices, name))
        throw new RangeError(`parameters has two arrays named ${name}; give names without a dot`);
      matrices[name] = { data: array.ref.dataSync() as Float32Array, ...flatShape(array.shape) };
    });
    if (Object.keys(matrices).length === 0)
      throw new RangeError("parameters has no array; give the arrays that the function computes with");
    jax.tree.dispose(tree);
    this.matrices = matrices;
  }

  /** The values as arrays of jax-js, in the tree's build; the caller's to pass on or to dispose. */
  arrays(): P {
    return made(this.#build, ({ name, shape }) => toArray(this.matrices[name].data, shape)) as P;
  }

  /** A tree of the same build, which is consumed, as matrices by name. */
  read(tree: P): Record<string, Matrix> {
    const matrices: Record<string, Matrix> = {};
    buildOf(tree, "", (name, array) => {
      const shape = flatShape(array.shape);
      matrices[name] = { data: array.dataSync() as Float32Array, ...shape };
    });
    return matrices;
  }
}

/** An array of jax-js that shares no memory with the data. */
export function toArray(data: Float32Array, shape: readonly number[]): JaxArray {
  const { array, zeros } = jax.numpy;
  return data.length === 0 ? zeros([...shape]) : array(data, { shape: [...shape] });
}

function buildOf(tree: unknown, name: string, visit: (name: string, array: JaxArray) => void): Build {
  if (tree instanceof jax.Array) {
    if (tree.dtype !== jax.numpy.float32)
      throw new TypeError(`${named(name)} is an array of ${tree.dtype}; give one of float32`);
    const leaf = { name: name || "parameters", shape: [...tree.shape] };
    leaves.add(leaf);
    visit(leaf.name, tree);
    return leaf;
  }
  if (isForeign(tree))
    throw new TypeError(
      `${named(name)} is an array of another copy of jax-js; import both kindred/jax and @jax-js/jax, or require both, in all of a program`,
    );
  if (Array.isArray(tree)) return tree.map((branch, k) => buildOf(branch, joined(name, String(k)), visit));
  if (typeof tree !== "object" || tree === null || Object.getPrototypeOf(tree) !== Object.prototype)
    throw new TypeError(`${named(name)} is ${describe(tree)}; give an array of jax-js, or a list or object of them`);
  const branches = Object.entries(tree).map(([key, branch]) => [key, buildOf(branch, joined(name, key), visit)]);
  return Object.fromEntries(branches) as Build;
}

/** Whether it is an array of the copy of jax-js that is not computed with. */
function isForeign(tree: unknown): boolean {
  return typeof tree === "object" && tree !== null && "dataSync" in tree && "dtype" in tree;
}

function made(build: Build, make: (leaf: Leaf) => JaxArray): ParameterTree {
  if (isLeaf(build)) return make(build);
  if (Array.isArray(build)) return build.map((branch: Build) => made(branch, make));
  return Object.fromEntries(Object.entries(build).map(([key, branch]) => [key, made(branch, make)]));
}

function isLeaf(build: Build): build is Leaf {
  return leaves.has(build);
}

function joined(name: string, key: string): string {
  return name === "" ? key : `${name}.${key}`;
}

function named(name: string): string {
  return name === "" ? "parameters" : `parameters.${name}`;
}
