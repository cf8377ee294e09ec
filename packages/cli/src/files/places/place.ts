import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join, parse, resolve, sep } from "node:path";
import { PlaceFault } from "./placeFault.ts";

/** What a path leads to, when its links are followed. */
export interface Place {
  /** The path without links; of what is not there: where it would come to lie. */
  readonly real: string;
  /** Null where nothing is. */
  readonly stats: Stats | null;
  /** The folders above it that are not there, the topmost first. */
  readonly missing: readonly string[];
  /** The link that leads here though nothing is here; null: none. */
  readonly danglingLink: string | null;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;
/** File systems made of what the kernel knows: folders cannot be made in them, and some answers there never end. */
const kernelFolders = process.platform === "linux" ? ["/proc", "/sys"] : [];

/**
 * Follows a path as the system does: a link's ".." is the folder above what it leads to. Makes nothing.
 *
 * @throws PlaceFault when it is empty, leads through a file, in a circle, below a link to nothing, or into /proc or /sys
 */
export function locate(path: string): Place {
  if (path === "") throw new PlaceFault("which is empty text", "give a name");
  if (path.includes("\0")) throw new PlaceFault("which holds a zero byte", "give another name");
  const isWindows = process.platform === "win32";
  const whole = isWindows ? resolve(path) : isAbsolute(path) ? path : `${process.cwd()}${sep}${path}`;
  return new Walk().follow(whole, null);
}

class Walk {
  #links = 0;

  /** @param from where a relative path begins */
  follow(path: string, from: Place | null): Place {
    const { root } = parse(path);
    let place = from === null || root !== "" ? folderAt(root) : from;
    for (const name of path.slice(root.length).split(sep)) {
      if (name === "..") place = folderAbove(place);
      else if (name !== "" && name !== ".") place = this.#below(place, name);
    }
    return place;
  }

  #below(folder: Place, name: string): Place {
    const real = join(folder.real, name);
    if (kernelFolders.includes(real))
      throw new PlaceFault(`which lies in ${real}`, "give a place where files are kept");
    if (folder.stats === null) return belowNothing(folder, real);
    if (!folder.stats.isDirectory())
      throw new PlaceFault(`but ${folder.real} is no folder`, "give a place in a folder");
    const stats = lstatSync(real, { throwIfNoEntry: false }) ?? null;
    if (!stats?.isSymbolicLink()) return { real, stats, missing: [], danglingLink: null };
    if (++this.#links > MOST_LINKS) throw new PlaceFault("but its links lead in a circle", "give another place");
    const reached = this.follow(readlinkSync(real), folder);
    if (reached.stats !== null) return reached;
    // what a link leads to is made, the folders on the way there are not
    if (reached.missing.length > 0) throw danglingFault(real);
    return { ...reached, danglingLink: real };
  }
}

function folderAt(real: string): Place {
  return { real, stats: lstatSync(real), missing: [], danglingLink: null };
}

function folderAbove(place: Place): Place {
  const real = dirname(place.real);
  if (place.missing.length === 0) return folderAt(real);
  return { real, stats: null, missing: place.missing.slice(0, -1), danglingLink: null };
}

function belowNothing({ real: folder, missing, danglingLink }: Place, real: string): Place {
  if (danglingLink !== null) throw danglingFault(danglingLink);
  return { real, stats: null, missing: [...missing, folder], danglingLink: null };
}

function danglingFault(link: string): PlaceFault {
  return new PlaceFault(`but ${link} is a link to what is not there`, "mend the link, or give another place");
}
