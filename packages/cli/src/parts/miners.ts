import * as kindred from "kindred";
import { describedClasses, type Miner } from "kindred";
import { atTheDoor } from "../door/inputError.ts";
import { unknownPart } from "./unknownPart.ts";

type MinerClass = new () => Miner;

/** Those that compare labelled embeddings, and do not want them in an order of their own. */
const miners: ReadonlyMap<string, MinerClass> = new Map(
  describedClasses(kindred, "miner")
    .filter(({ description }) => "distance" in description.options)
    .map((Miner) => [Miner.description.name, Miner as unknown as MinerClass]),
);

/** The names of the miners. */
export function minerNames(): string[] {
  return [...miners.keys()];
}

/** @throws InputError when there is no miner of this name */
export function checkMinerName(name: string): void {
  minerNamed(name);
}

/** The miner, with its defaults. @throws InputError when there is no such miner */
export function makeMiner(name: string): Miner {
  const Miner = minerNamed(name);
  return atTheDoor(() => new Miner());
}

function minerNamed(name: string): MinerClass {
  const Miner = miners.get(name);
  if (Miner === undefined) throw unknownPart("miner", name, minerNames());
  return Miner;
}
