#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { setThreads } from "kindred";
import { run } from "./run.ts";

/** More threads than this wait for each other more than they work. */
const MOST_THREADS = 8;

// a reader that has seen enough (head, less) closes the pipe
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
// not waited for: until they are there, one thread does all, and the results are the same
void setThreads(Math.min(MOST_THREADS, availableParallelism()));
process.exitCode = await run(process.argv.slice(2));
