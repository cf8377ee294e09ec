/** What both benches can be told of their cases. */
export const caseOptions = {
  kind: { type: "string", default: "loss" },
  names: { type: "string", default: "SupConLoss" },
  n: { type: "string", default: "512" },
  d: { type: "string", default: "128" },
  classes: { type: "string", default: "64" },
  reps: { type: "string", default: "9" },
  threads: { type: "string", default: "1" },
};
