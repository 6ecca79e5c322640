import type { Origin } from '../kernel/origin.ts';
import type { Protocol } from '../space/transport-set.ts';
import type { Direction } from './policy.ts';
import type { WorkloadId } from './workload.ts';

/**
 * One end of one packet. A pod is a workload and which of its replicas (0-based).
 * `address` is an address outside any pod or node known; `name` is a DNS name outside the cluster whose addresses are not known.
 * `node` null stands for a node that no input names.
 */
export type Endpoint =
  | { readonly kind: 'pod'; readonly workload: WorkloadId; readonly replica: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'address'; readonly ip: string }
  | { readonly kind: 'name'; readonly name: string };

/** One packet of a new connection: who dials whom on what. `port` is the destination's (an ICMP type for ICMP). */
export interface Packet {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: Protocol;
  readonly port: number;
  /** The Service (`namespace/name`) that the source dialled, when it did not dial the destination's own address; `port` is the port after translation. */
  readonly via?: string;
}

export type Decision = 'allowed' | 'denied' | 'unknown' | 'ambiguous';

/** Something that had to be known and was not. `code` is stable; `text` names the thing; `mend` says what input would settle it. */
export interface Gap {
  readonly code: string;
  readonly text: string;
  readonly mend: string;
}

/** What limits the meaning of an `allowed` or `denied` verdict. */
export type Qualifier = 'modulo-dns' | 'shared-ip' | 'ungoverned' | 'l7-only';

/** One step of the walk: a policy that selects the pod, and what its rules made of the packet. */
export interface Step {
  readonly tier: string;
  readonly policy: string;
  readonly outcome: 'allow' | 'deny' | 'pass' | 'no-match' | 'maybe';
  /** The rule that decided, or the policy itself when none matched. */
  readonly origin: Origin;
  /** A sentence for people. */
  readonly because: string;
}

/** One side of the verdict: the source's egress or the destination's ingress. */
export interface Side {
  readonly direction: Direction;
  readonly decision: Decision;
  readonly steps: readonly Step[];
  /** Why the side ended as it did, when no rule did it: `no policy selects …`, `default deny of …`, `host network …`. */
  readonly because: string;
}

export interface Verdict {
  readonly decision: Decision;
  readonly egress: Side;
  readonly ingress: Side;
  readonly gaps: readonly Gap[];
  readonly qualifiers: readonly Qualifier[];
  /** Id of the profile that was applied. */
  readonly profile: string;
}
