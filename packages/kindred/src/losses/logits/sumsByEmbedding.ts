import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { OnePlusSum } from "../items/onePlusSum.ts";
import type { PerSide, ProxyBatch, ProxySlopes, ProxySums, ProxyVisitor } from "./proxySums.ts";

/** Is handed the exponent of an embedding in a proxy's sum. @param side 0: it is a positive, 1: it is a negative */
type ExponentVisitor = (proxy: number, side: 0 | 1, exponent: number) => void;

/**
 * A row an embedding: what each proxy sums up is known after a first pass over all rows. For distances that tell their
 * sides apart: they are measured from an embedding to a proxy.
 */
export class SumsByEmbedding implements ProxySums {
  readonly #batch: ProxyBatch;
  readonly #sides: Comparison;
  /** The sums of each proxy; null: before the first pass. */
  #sums: readonly (readonly [OnePlusSum, OnePlusSum])[] | null = null;

  constructor(workspace: Workspace, distance: Distance, batch: ProxyBatch) {
    this.#batch = batch;
    this.#sides = distance.compare(workspace, batch.embeddings, { reference: batch.proxies });
  }

  forEach(visit: ProxyVisitor): void {
    this.#summed().forEach(([positive, negative], proxy) => visit(proxy, [positive.log, negative.log]));
  }

  pullBack(visit: ProxyVisitor): ProxySlopes {
    const { proxies, embeddings, exponent } = this.#batch;
    const sums = this.#summed();
    const weights: PerSide[] = sums.map(([positive, negative], proxy) => visit(proxy, [positive.log, negative.log]));
    this.#sides.tiles.pullBack((row) => {
      const slopes = row.view();
      this.#forEachExponent(row.place, slopes, (proxy, side, x) => {
        const slope = weights[proxy][side] * sums[proxy][side].share(x);
        slopes[proxy] = (side === 0 ? exponent.scale : -exponent.scale) * slope;
      });
    });
    const pulled = pullGradients(this.#sides, embeddings, proxies, 1);
    return { embeddings: pulled.embeddings, proxies: pulled.reference! };
  }

  #summed(): readonly (readonly [OnePlusSum, OnePlusSum])[] {
    if (this.#sums !== null) return this.#sums;
    const sums = Array.from({ length: this.#batch.proxies.rows }, () => [new OnePlusSum(), new OnePlusSum()] as const);
    this.#sides.tiles.forEachRow((row) =>
      this.#forEachExponent(row.place, row.view(), (proxy, side, x) => sums[proxy][side].add(x)),
    );
    this.#sums = sums;
    return sums;
  }

  #forEachExponent(embedding: number, distances: Float32Array, visit: ExponentVisitor): void {
    const { codes, exponent, offsets } = this.#batch;
    const { scale, constant } = exponent;
    const offset = offsets === null ? 0 : offsets[embedding];
    const own = codes[embedding];
    for (let proxy = 0; proxy < distances.length; proxy++) {
      const side = proxy === own ? 0 : 1;
      visit(proxy, side, (side === 0 ? scale : -scale) * distances[proxy] + constant + offset);
    }
  }
}
