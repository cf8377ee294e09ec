import { lstatSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolders, removeFolders } from "../places/folders.ts";
import { kindOf } from "../places/kindOf.ts";
import { locate, type Place } from "../places/place.ts";
import { atPlace, inWords, PlaceFault } from "../places/placeFault.ts";
import { checkApart, type NamedPath } from "../places/samePlace.ts";
import { settleFolder } from "./durable.ts";
import { exchangeFiles, finishExchange, settleDrafts } from "./exchange.ts";
import { checkResultFolder, RESULT_FILES } from "./resultFiles.ts";
import { isThere } from "./tree.ts";
import { draftsIn, Workshop, WORKSHOP, workshopBeside } from "./workshop.ts";

/**
 * A folder that a command is going to write its result to, and into which no other run writes meanwhile.
 *
 * A folder that is not there appears whole, by one rename. In one that is there the files of an earlier result are exchanged for
 * those of the new one ({@link exchangeFiles}), and all others stay: it may be a mount point, or a link to a folder.
 */
export class ResultFolder {
  readonly #path: string;
  readonly #flag: string;
  readonly #others: readonly NamedPath[];
  readonly #onExit = (): void => this.release();
  #site: Site;

  /**
   * Looks at a path before the work whose result it is to take, and tries to write there.
   *
   * @param flag that the path was given with
   * @param others what the same command reads
   * @throws InputError when it is no place for a result, may not be written to, or another run is about to
   */
  constructor(path: string, flag: string, others: readonly NamedPath[]) {
    this.#path = path;
    this.#flag = flag;
    this.#others = others;
    this.#site = this.#open();
    // however the process ends, unless it is killed
    process.once("exit", this.#onExit);
  }

  /**
   * Writes the result whole or not at all.
   *
   * @param write is given an empty folder to write to
   * @throws InputError when that cannot be done any more; then what was there is as it was
   */
  async write(write: (folder: string) => void | Promise<void>): Promise<void> {
    try {
      // somebody took the folder or the lock away while the work was done, or made the folder
      if (!this.#site.workshop.isHeld || this.#site.isNew === isThere(this.#site.folder)) this.#reopen();
      const { folder, workshop, isNew } = this.#site;
      workshop.clear();
      const drafts = draftsIn(workshop.folder);
      mkdirSync(drafts);
      await write(drafts);
      if (isNew) appear(folder, workshop);
      else exchangeFiles(folder, RESULT_FILES);
      this.#site.made = [];
    } catch (error) {
      throw inWords(this.#flag, this.#path, error);
    }
  }

  /** Lets other runs write here, and takes away what was made and not written. */
  release(): void {
    process.off("exit", this.#onExit);
    closeSite(this.#site);
  }

  #open(): Site {
    return atPlace(this.#flag, this.#path, () => openSite(this.#path, this.#others));
  }

  #reopen(): void {
    closeSite(this.#site);
    this.#site = this.#open();
  }
}

/** Where a result comes to lie, and where it is prepared. */
interface Site {
  readonly folder: string;
  readonly workshop: Workshop;
  /** Whether the folder is not there yet. */
  readonly isNew: boolean;
  /** Folders above it that were made for it. */
  made: readonly string[];
}

function openSite(path: string, others: readonly NamedPath[]): Site {
  for (;;) {
    const place = locate(path);
    checkApart(place, others);
    const site = place.stats === null ? openBeside(place) : openInside(place, others);
    if (site.isNew !== isThere(site.folder)) return site;
    // it came or went in this moment
    closeSite(site);
  }
}

function openBeside({ real, missing }: Place): Site {
  const made = makeFolders(missing);
  try {
    // whether the name is too long shows once its folder is there
    lstatSync(real, { throwIfNoEntry: false });
    const workshop = Workshop.open(workshopBeside(real));
    return { folder: real, workshop, isNew: true, made };
  } catch (error) {
    removeFolders(made);
    throw error;
  }
}

function openInside({ real, stats }: Place, others: readonly NamedPath[]): Site {
  if (!stats!.isDirectory()) throw new PlaceFault(`which is ${kindOf(stats!)}`, "give the name of a folder");
  for (const file of RESULT_FILES) if (isThere(join(real, file))) checkApart(locate(join(real, file)), others);
  // what a killed run left is finished first; a folder of the user is not touched
  if (!isThere(join(real, WORKSHOP))) checkResultFolder(real);
  clearBeside(real);
  const workshop = Workshop.open(join(real, WORKSHOP));
  const site = { folder: real, workshop, isNew: false, made: [] };
  try {
    finishExchange(real);
    workshop.clear();
    checkResultFolder(real);
    return site;
  } catch (error) {
    closeSite(site);
    throw error;
  }
}

/** Clears the workshop of a run that was killed when the folder was not there yet. @throws PlaceFault when it lives */
function clearBeside(folder: string): void {
  const beside = workshopBeside(folder);
  try {
    if (isThere(beside)) Workshop.open(beside).close();
  } catch (error) {
    // a folder above that may not be written to is no concern of ours
    if (error instanceof PlaceFault) throw error;
  }
}

/** Puts the drafts where nothing is. */
function appear(folder: string, workshop: Workshop): void {
  settleDrafts(workshop.folder, folder);
  renameSync(draftsIn(workshop.folder), folder);
  settleFolder(dirname(folder));
}

function closeSite({ folder, workshop, isNew, made }: Site): void {
  try {
    if (!isNew && workshop.isHeld) finishExchange(folder);
    workshop.close();
  } catch {
    // files may lead into the workshop: it stays for the next run
    workshop.abandon();
  }
  removeFolders(made);
}
