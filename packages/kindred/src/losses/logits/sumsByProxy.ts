import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import type { RowVisitor } from "../../distances/stream/tiles.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { orderByClass } from "../../matrix/classOrder.ts";
import { ProxyRow } from "./proxyRow.ts";
import type { ProxyBatch, ProxySlopes, ProxySums, ProxyVisitor } from "./proxySums.ts";

/** A row a proxy, the embeddings in it ordered by class: a row is all that a proxy sums up, so that one pass will do. */
export class SumsByProxy implements ProxySums {
  readonly #batch: ProxyBatch;
  readonly #sides: Comparison;
  /** Where the embeddings of each proxy begin, and where the last ones end. */
  readonly #starts: Int32Array;
  readonly #row: ProxyRow;

  constructor(workspace: Workspace, distance: Distance, batch: ProxyBatch) {
    const { proxies, embeddings, codes, exponent, offsets } = batch;
    const { order, starts } = orderByClass(codes, proxies.rows);
    this.#batch = batch;
    this.#starts = starts;
    this.#sides = distance.compare(workspace, proxies, { reference: embeddings, referenceOrder: order });
    const inOrder = offsets === null ? null : Float64Array.from(order, (i) => offsets[i]);
    this.#row = new ProxyRow(exponent, order.length, inOrder);
  }

  forEach(visit: ProxyVisitor): void {
    this.#sides.tiles.forEachRow(this.#rowVisitor(visit));
  }

  pullBack(visit: ProxyVisitor): ProxySlopes {
    this.#sides.tiles.pullBack(this.#rowVisitor(visit));
    const { proxies, embeddings } = this.#batch;
    const pulled = pullGradients(this.#sides, proxies, embeddings, 1);
    return { proxies: pulled.embeddings, embeddings: pulled.reference! };
  }

  #rowVisitor(visit: ProxyVisitor): RowVisitor {
    return (tileRow) => {
      const proxy = tileRow.place;
      this.#row.open(tileRow, this.#starts[proxy], this.#starts[proxy + 1]);
      this.#row.pull(visit(proxy, this.#row.losses()));
    };
  }
}
