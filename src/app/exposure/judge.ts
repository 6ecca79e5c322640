import { publicAddresses } from '../../engine/addresses.ts';
import { decide } from '../../engine/decide.ts';
import type { Flow } from '../../engine/flow.ts';
import type { Quantifier, ReachParty } from '../../engine/reach.ts';
import { believableAddress, believablePort } from '../../engine/witness.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { HopDecision } from '../../model/exposure-report.ts';
import type { Endpoint, Gap, Verdict } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipUnionAll } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { ClaimMatrix } from '../claims/claim-matrix.ts';

/** What policies make of some sources and one destination. */
export interface Judged {
  readonly decision: HopDecision;
  readonly because: string;
  readonly origin: Origin | null;
  readonly gaps: readonly Gap[];
}

/** Asks the matrix whether sources reach a workload on some of its ports, and the definition for the reason. Each answer is kept. */
export class Judge {
  readonly matrix: ClaimMatrix;
  /** Every address outside the cluster. */
  readonly everywhere: IpSet;
  readonly nodes: readonly (string | null)[];
  readonly #answers = new Map<string, Judged>();

  constructor(matrix: ClaimMatrix) {
    this.matrix = matrix;
    this.everywhere = ipUnionAll(matrix.parties.flatMap((p) => (p.kind === 'external' ? [p.addresses] : [])));
    this.nodes = matrix.parties.flatMap((p) => (p.kind === 'node' ? [p.node] : []));
  }

  pods(from: Workload, to: Workload, ports: TransportSet): Judged {
    if (from.id === to.id && from.replicas < 2) return { decision: 'denied', because: 'it is the controller itself', origin: null, gaps: [] };
    return this.#judged(`pod ${from.id}`, { kind: 'workload', id: from.id }, { kind: 'pod', workload: from.id, replica: from.id === to.id ? 1 : 0 }, to, ports);
  }

  /** Some address of the set (for `every`: each). */
  addresses(from: IpSet, key: string, to: Workload, ports: TransportSet, quantifier: Quantifier = 'some'): Judged {
    const set = ipIntersect(from, this.everywhere);
    if (ipIsEmpty(set)) return { decision: 'unknown', because: 'none of these addresses lies outside the cluster', origin: null, gaps: [] };
    // An address that shows the answer: one of the public ones, where it is the same for them.
    const outside = ipIntersect(set, publicAddresses);
    const sample: Endpoint = { kind: 'address', ip: believableAddress(ipIsEmpty(outside) ? set : outside) };
    return this.#judged(`${quantifier} ${key}`, { kind: 'external', addresses: set }, sample, to, ports, quantifier);
  }

  node(node: string | null, to: Workload, ports: TransportSet): Judged {
    return this.#judged(`node ${node ?? ''} ${node === null}`, { kind: 'node', node }, { kind: 'node', node }, to, ports);
  }

  #judged(key: string, from: ReachParty, sample: Endpoint, to: Workload, ports: TransportSet, quantifier: Quantifier = 'some'): Judged {
    return kept(this.#answers, `${key} ${to.id} ${ports.id}`, () => {
      const flow = this.matrix.between(from, { kind: 'workload', id: to.id }, quantifier);
      const decision = decisionOf(flow, ports);
      const asked = decision === 'allowed' ? flow.allowed.intersect(ports) : decision === 'unknown' ? flow.unknown.intersect(ports) : ports;
      return this.#explained(decision, asked, sample, to);
    });
  }

  /** The reason of a packet that has this answer; where the first pod has another, only the answer is told. */
  #explained(decision: HopDecision, ports: TransportSet, sample: Endpoint, to: Workload): Judged {
    const { protocol, port } = believablePort(ports, to);
    const verdict = decide(this.matrix.snapshot, this.matrix.profile, { from: sample, to: { kind: 'pod', workload: to.id, replica: 0 }, protocol, port });
    if (hopDecision(verdict) !== decision) {
      return {
        decision,
        because: decision === 'allowed' ? 'some of these may' : decision === 'denied' ? 'none of these may' : 'not known for all of these',
        origin: null,
        gaps: verdict.gaps,
      };
    }
    const side = verdict.egress.decision !== 'allowed' ? verdict.egress : verdict.ingress;
    const step = side.steps.findLast((s) => s.outcome !== 'no-match') ?? side.steps.at(-1);
    const rule = step !== undefined && step.outcome !== 'no-match' ? `${step.policy}: ${step.because}` : side.because;
    return { decision, because: rule, origin: step?.origin ?? null, gaps: verdict.gaps };
  }
}

export function hopDecision(verdict: Verdict): HopDecision {
  return verdict.decision === 'ambiguous' ? 'unknown' : verdict.decision;
}

function decisionOf(flow: Flow, ports: TransportSet): HopDecision {
  if (!flow.allowed.intersect(ports).isEmpty) return 'allowed';
  return flow.unknown.intersect(ports).isEmpty ? 'denied' : 'unknown';
}

/** The most open of several answers: one way is enough. Undefined when there is none. */
export function mostOpen(answers: readonly Judged[]): Judged | undefined {
  return answers.find((a) => a.decision === 'allowed') ?? answers.find((a) => a.decision === 'unknown') ?? answers[0];
}

/** The least open: all must hold. */
export function leastOpen(answers: readonly Judged[]): Judged | undefined {
  return answers.find((a) => a.decision === 'denied') ?? answers.find((a) => a.decision === 'unknown') ?? answers[0];
}

/** Some ports of a protocol. */
export function portSet(protocol: 'TCP' | 'UDP', ports: readonly number[]): TransportSet {
  return TransportSet.of(
    protocol,
    ports.map((p) => [p, p] as const),
  );
}
