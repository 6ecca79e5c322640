import type { FlowCoverage, FlowFile } from '../model/flow-coverage.ts';
import type { ObservedFlow } from '../model/observed-flow.ts';

const minute = 60_000_000_000n;

/** How far a clock may run ahead before it is told. */
const ahead = 5n * minute;

/** Nodes that are told apart; the largest clusters have 5,000 (Kubernetes, considerations for large clusters). */
const mostNodes = 20_000;
const nodesNamed = 100;

/** Counts what is read, as it is read. Memory does not grow with flows. */
export class CoverageCount {
  flows = 0;
  others = 0;
  bad = 0;
  merged = 0;
  lost = 0;
  readonly files: FlowFile[] = [];
  #from: bigint | null = null;
  #to: bigint | null = null;
  #dropped = 0;
  #withBytes = 0;
  #nameless = 0;
  #unsure = 0;
  #queries = 0;
  #back = 0;
  #ahead = 0;
  readonly #latest = new Map<string, bigint>();
  readonly #limit: bigint;

  /** `now` is the moment of reading, in nanoseconds since 1970. */
  constructor(now: bigint) {
    this.#limit = now + ahead;
  }

  add(flow: ObservedFlow): void {
    const { timeNs, node, source, destination } = flow;
    this.flows++;
    if (this.#from === null || timeNs < this.#from) this.#from = timeNs;
    if (this.#to === null || timeNs > this.#to) this.#to = timeNs;
    if (timeNs > this.#limit) this.#ahead++;
    if (flow.verdict === 'dropped') this.#dropped++;
    if (flow.hasBytes) this.#withBytes++;
    if (source.ip === '' && source.pod === '' && source.labels === '' && source.workload === '' && destination.ip === '' && destination.pod === '')
      this.#nameless++;
    if (!flow.knowsInitiator) this.#unsure++;
    if (flow.dnsQuery !== '') this.#queries++;
    const latest = this.#latest.get(node);
    if (latest === undefined) {
      if (this.#latest.size < mostNodes) this.#latest.set(node, timeNs);
    } else if (timeNs > latest) this.#latest.set(node, timeNs);
    // What sums up an interval starts with it and comes in no order.
    else if (flow.format === 'hubble' && latest - timeNs > minute) this.#back++;
  }

  /** A place of recording that was seen without a flow. */
  node(name: string): void {
    if (name !== '' && !this.#latest.has(name) && this.#latest.size < mostNodes) this.#latest.set(name, 0n);
  }

  done(): FlowCoverage {
    const nodes = [...this.#latest.keys()].filter((n) => n !== '').sort();
    return {
      flows: this.flows,
      others: this.others,
      bad: this.bad,
      merged: this.merged,
      lost: this.lost,
      window:
        this.#from === null || this.#to === null
          ? null
          : { from: timeText(this.#from), to: timeText(this.#to), seconds: Number((this.#to - this.#from) / 1_000_000n) / 1000 },
      nodes: nodes.slice(0, nodesNamed),
      nodesOmitted: Math.max(0, nodes.length - nodesNamed),
      dropped: this.#dropped,
      withBytes: this.#withBytes,
      nameless: this.#nameless,
      unsureInitiator: this.#unsure,
      dnsQueries: this.#queries,
      clockBack: this.#back,
      clockAhead: this.#ahead,
      files: this.files,
    };
  }
}

/** The furthest that a Date reaches, in nanoseconds. Source: ECMA-262, time values. */
const furthest = 8_640_000_000_000_000_000_000n;

/** A moment as RFC 3339 to the millisecond. */
export function timeText(timeNs: bigint): string {
  const held = timeNs > furthest ? furthest : timeNs < -furthest ? -furthest : timeNs;
  return new Date(Number(held / 1_000_000n)).toISOString();
}
