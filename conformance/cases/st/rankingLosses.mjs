/** Losses in which candidates stand for election: solvers by sentence-transformers' name of the class. */
export const rankingLosses = {};
