import { flowText } from '../../flows/ends.ts';
import type { FlowGap } from '../../model/flow-report.ts';
import type { FlowEnd, FlowFormat, FlowVerdict, ObservedFlow } from '../../model/observed-flow.ts';
import type { Direction } from '../../model/policy.ts';
import { type Protocol, protocols } from '../../space/transport-set.ts';

/** Ends that are told apart. */
const mostEnds = 1 << 20;
/** Pairs of pair and port that are held. */
const mostPoints = 2_000_000;

const verdicts: readonly FlowVerdict[] = ['forwarded', 'dropped', 'audit', 'unknown'];
const directions: readonly (Direction | '')[] = ['', 'egress', 'ingress'];

/** Flows between two ends that fared alike. */
export interface FlowGroup {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly protocol: Protocol;
  readonly verdict: FlowVerdict;
  readonly direction: Direction | '';
  readonly format: FlowFormat;
  /** By port of the destination. */
  readonly ports: ReadonlyMap<number, number>;
  readonly reason: string;
  /** Policies that the records name. */
  readonly named: string;
  readonly count: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly sample: string;
}

interface Filling {
  readonly from: number;
  readonly to: number;
  readonly protocol: Protocol;
  readonly verdict: FlowVerdict;
  readonly direction: Direction | '';
  readonly format: FlowFormat;
  readonly ports: Map<number, number>;
  reason: string;
  named: string;
  count: number;
  first: bigint;
  last: bigint;
  readonly sample: string;
}

/** Gathers flows, so that policies are asked once for all that are alike. Layer 7 records are left out: the connection has records of its own. */
export class FlowGroups {
  readonly #ends: FlowEnd[] = [];
  readonly #byName = new Map<string, number>();
  readonly #byPlace = new Map<string, number>();
  readonly #groups = new Map<number, Filling>();
  #points = 0;
  #refused = 0;

  add(flow: ObservedFlow): void {
    if (flow.isLayer7) return;
    const from = this.#idOf(flow.source);
    const to = this.#idOf(flow.destination);
    if (from < 0 || to < 0) {
      this.#refused++;
      return;
    }
    const code = (verdicts.indexOf(flow.verdict) * 3 + directions.indexOf(flow.direction)) * 5 + protocols.indexOf(flow.protocol);
    const key = (from * mostEnds + to) * 64 + code;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#points >= mostPoints) {
        this.#refused++;
        return;
      }
      const { protocol, verdict, direction, format, timeNs } = flow;
      group = {
        from,
        to,
        protocol,
        verdict,
        direction,
        format,
        ports: new Map(),
        reason: '',
        named: '',
        count: 0,
        first: timeNs,
        last: timeNs,
        sample: flowText(flow),
      };
      this.#groups.set(key, group);
    }
    const { port } = flow.destination;
    const known = group.ports.get(port);
    if (known === undefined) {
      if (this.#points >= mostPoints) {
        this.#refused++;
        return;
      }
      this.#points++;
    }
    group.ports.set(port, (known ?? 0) + 1);
    group.count++;
    if (flow.timeNs < group.first) group.first = flow.timeNs;
    if (flow.timeNs > group.last) group.last = flow.timeNs;
    // The first reason stands for all but a policy's, which counts before others.
    if (flow.reason !== '' && (group.reason === '' || flow.reason.startsWith('POLICY'))) group.reason = flow.reason;
    if (flow.policies !== '') group.named = flow.policies;
  }

  /** Every end that was seen, by its number in groups. */
  get ends(): readonly FlowEnd[] {
    return this.#ends;
  }

  *groups(): Generator<FlowGroup> {
    for (const group of this.#groups.values()) yield { ...group, from: this.#ends[group.from] as FlowEnd, to: this.#ends[group.to] as FlowEnd };
  }

  get gaps(): readonly FlowGap[] {
    return this.#refused === 0
      ? []
      : [
          {
            what: 'flows of more ends and ports than are held at a time',
            count: this.#refused,
            mend: 'Ask about fewer flows: a shorter window, or one namespace.',
          },
        ];
  }

  /** A pod is known by its name; whoever has none by all that is said of it. */
  #idOf(end: FlowEnd): number {
    const book = end.pod === '' ? this.#byPlace : this.#byName;
    const key = end.pod === '' ? `${end.kind} ${end.namespace} ${end.workload} ${end.ip} ${end.names} ${end.labels}` : `${end.namespace}/${end.pod}`;
    const known = book.get(key);
    if (known !== undefined) return known;
    if (this.#ends.length >= mostEnds) return -1;
    const id = this.#ends.length;
    this.#ends.push(end);
    book.set(key, id);
    return id;
  }
}
