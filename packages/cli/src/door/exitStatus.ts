/** What the command line answers with. */
export const exitStatus = { done: 0, failed: 1, badInput: 2, silentBatchesLikely: 3 } as const;
