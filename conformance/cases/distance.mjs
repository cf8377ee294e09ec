import { BatchedDistance } from "kindred";
import { buildDistance, matrix, plain } from "../build.mjs";

export function distance(given) {
  const query = matrix(given.embeddings);
  const reference = matrix(given.reference);
  if (given.class === "BatchedDistance") return batched(given, query, reference);
  const built = buildDistance(given);
  const gradients = built.matrixGradients(matrix(given.cotangent), query, reference);
  const isSameShape = reference === undefined || reference.rows === query.rows;
  return {
    matrix: plain(built.matrix(query, reference)),
    isInverted: built.isInverted,
    normalized: plain(built.normalize(query)),
    ...(isSameShape && { pairwise: plain(built.pairwise(query, reference ?? query)) }),
    gradients: {
      embeddings: plain(gradients.embeddings),
      ...(gradients.reference && { reference: plain(gradients.reference) }),
    },
  };
}

function batched(given, query, reference) {
  const inner = buildDistance(given.distance);
  const batches = [];
  const data = [];
  const visit = (block, start, end) => {
    batches.push([start, end]);
    data.push(...block.data);
  };
  new BatchedDistance(inner, visit, given.options).run(query, reference);
  return {
    matrix: plain({ rows: query.rows, cols: (reference ?? query).rows, data: Float32Array.from(data) }),
    batches,
  };
}
