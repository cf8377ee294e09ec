import { availableParallelism } from "node:os";
import { setThreads } from "kindred";
import { watchStandardOutput } from "./door/standardOutput.ts";
import { run } from "./run.ts";

/** More threads than this wait for each other more than they work. */
const MOST_THREADS = 8;
/** The commands that spend their time on matrix products; the others need no threads. */
const multiplying = ["train", "evaluate", "match"];
/** The command whose result is a folder, wherever its words go. */
const writing = "train";

const [command] = process.argv.slice(2);
watchStandardOutput(command === writing);
// not waited for: until they are there, one thread does all, and the results are the same; so they are where there are none
if (multiplying.includes(command)) void setThreads(Math.min(MOST_THREADS, availableParallelism()));
process.exitCode = await run(process.argv.slice(2));
