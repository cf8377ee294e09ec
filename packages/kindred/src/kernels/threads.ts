import { checkNumber } from "../matrix/checks.ts";
import { Crew } from "./crew.ts";
import type { Hire } from "./hands.ts";
import { hiringInNode } from "./nodeThreads.ts";
import { leaveKernels, moveToShared, sharedKernels, wakeKernels } from "./runtime.ts";
import { hiringInBrowser } from "./webWorkers.ts";

/** More threads than this bring nothing: the parts become too small. */
const MOST_THREADS = 64;

/** What {@link setThreads} came to. */
export interface Threads {
  /** How many threads work on matrix products now, the caller's included. */
  readonly threads: number;
  /** Why they are fewer than asked for, and what to do; null: they are not. */
  readonly reason: string | null;
}

/**
 * Lets matrix products, which take most of the time of large batches, be done by several threads. Values and slopes have the
 * same bits for any number of them. The threads sleep while there is nothing to do and do not keep a program running.
 *
 *     const { threads, reason } = await setThreads(2);
 *
 * In Node any thread can ask for others. In browsers it takes a cross-origin isolated page, and a Worker: a page's main
 * thread must not wait. Where fewer can be had, for these or other reasons (a limit on memory, Node's permission model), they
 * are fewer: that is no error. It may be called at any time; calls are done one after the other.
 *
 * @param count how many, the caller's included, 1 to 64; 1: no others, as in the beginning
 * @returns how many there are now, and why they are fewer
 * @throws TypeError, RangeError when count is no such number; the promise is rejected for no other reason
 */
export async function setThreads(count: number): Promise<Threads> {
  checkNumber(count, "count", { atLeast: 1, atMost: MOST_THREADS, integer: true });
  const change = changing.then(() => changeTo(count));
  changing = change;
  return change;
}

/** How many threads work on matrix products, this one included. */
export function threadCount(): number {
  return crew?.size ?? 1;
}

/** One change at a time. */
let changing: Promise<unknown> = Promise.resolve();
let crew: Crew | null = null;

async function changeTo(count: number): Promise<Threads> {
  if (count === threadCount()) return { threads: count, reason: null };
  try {
    await disband();
    if (count > 1) await gather(count);
  } catch (error) {
    return { threads: 1, reason: (error as Error).message };
  }
  return { threads: threadCount(), reason: crew?.reason ?? null };
}

async function disband(): Promise<void> {
  if (crew === null) return;
  const former = crew;
  crew = null;
  leaveKernels();
  await former.dismiss();
}

/** @throws Error saying why there are none but this thread */
async function gather(count: number): Promise<void> {
  // before others get anything: what this thread needs by itself must be had
  wakeKernels();
  const hire = hiring();
  const shared = sharedKernels(count - 1);
  const gathered = await Crew.gather(shared, hire);
  if (gathered.size === 1) throw new Error(gathered.reason ?? "no thread could be started");
  moveToShared(shared, gathered.gemm);
  crew = gathered;
}

/** How threads are started here. @throws Error saying why they cannot be */
function hiring(): Hire {
  const hire = hiringInNode() ?? hiringInBrowser();
  if (!canWait())
    throw new Error("this thread must not wait for others, as a page's main thread: call setThreads in a Worker");
  return hire;
}

function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
