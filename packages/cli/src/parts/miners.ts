import type { Miner } from "kindred";
import { atTheDoor } from "../door/inputError.ts";
import { exported, namesEndingIn, type Exported } from "./exported.ts";

/** The names of the miners. */
export function minerNames(): string[] {
  return namesEndingIn("Miner", ["TupleMiner"]);
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

function minerNamed(name: string): Exported<Miner> {
  return exported(name, minerNames(), "miner");
}
