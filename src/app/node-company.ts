import { nodesOf } from '../attachments/nodes-of.ts';
import { kept } from '../kernel/memo.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** Who may run beside whom: on nodes of the input that both may be put on. Whoever holds a node holds all of it. */
export class NodeCompany {
  readonly #snapshot: Snapshot;
  readonly #nodes = new Map<Workload, ReadonlySet<string>>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Whether pods of two workloads may come to run on one node; false where no node of the input takes them both. */
  mayMeet(a: Workload, b: Workload): boolean {
    const [one, other] = [this.#nodesOf(a), this.#nodesOf(b)];
    const [few, many] = one.size < other.size ? [one, other] : [other, one];
    for (const node of few) if (many.has(node)) return true;
    return false;
  }

  #nodesOf(workload: Workload): ReadonlySet<string> {
    return kept(this.#nodes, workload, () => new Set(nodesOf(this.#snapshot, workload).nodes ?? []));
  }
}
