/** Losses on pairs, triplets and teachers: solvers by sentence-transformers' name of the class. */
export const comparingLosses = {};
