import { availableParallelism } from "node:os";
import { setThreads } from "kindred";
import { run } from "./run.ts";

/** More threads than this wait for each other more than they work. */
const MOST_THREADS = 8;
/** The commands that spend their time on matrix products; the others need no threads. */
const multiplying = ["train", "evaluate", "match"];

// a reader that has seen enough (head, less) closes the pipe
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
// not waited for: until they are there, one thread does all, and the results are the same; so they are where there are none
if (multiplying.includes(process.argv[2])) void setThreads(Math.min(MOST_THREADS, availableParallelism()));
process.exitCode = await run(process.argv.slice(2));
