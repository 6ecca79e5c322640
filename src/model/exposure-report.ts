import type { Origin } from '../kernel/origin.ts';
import type { TlsMode } from './exposure.ts';
import type { Gap } from './verdict.ts';
import type { WorkloadId } from './workload.ts';

export type HopDecision = 'allowed' | 'denied' | 'unknown';

/** One step of a way in: who dials whom, and what comes of it. `origin` is the rule, or the object, that makes it so. */
export interface ExposureHop {
  readonly from: string;
  readonly to: string;
  readonly decision: HopDecision;
  readonly because: string;
  readonly origin: Origin | null;
}

/** What opens the way: an Ingress, a route of a Gateway, a Route, or a Service that is dialled at a node or a load balancer. */
export interface ExposureEntry {
  readonly kind: string;
  /** `Ingress ml/board`. */
  readonly id: string;
  /** Empty: every host. */
  readonly hosts: readonly string[];
  /** In the author's words; empty: every path. */
  readonly paths: readonly string[];
  /** Where it is dialled: `TCP 80,443`. */
  readonly ports: string;
  readonly tls: readonly TlsMode[];
  readonly origin: Origin;
}

/**
 * A way from outside the cluster to pods: outside, controller, Service, pod. `verdict` is allowed when every hop is, denied when one is, else unknown.
 * `ownNodeOnly`: all that keeps it from being denied is that the controller, which the input does not show, might run on the host network of the pod's own node.
 */
export interface ExposurePath {
  readonly entry: ExposureEntry;
  readonly controller: string;
  /** The controller's pods in the input. */
  readonly controllerPods: readonly WorkloadId[];
  /** `namespace/name`. */
  readonly service: string;
  /** Ports of the pods: `TCP 6006`. */
  readonly ports: string;
  readonly hops: readonly ExposureHop[];
  readonly verdict: HopDecision;
  readonly ownNodeOnly: boolean;
  readonly gaps: readonly Gap[];
}

export interface ExposedWorkload {
  readonly id: WorkloadId;
  readonly title: string;
  readonly namespace: string;
  readonly training: boolean;
  readonly verdict: HopDecision;
  readonly paths: readonly ExposurePath[];
  /** Paths beyond those that are listed. */
  readonly omitted: number;
}

/** An entry, or one of its backends, that leads to no pod of the input, and why. */
export interface LooseEntry {
  readonly id: string;
  readonly because: string;
  readonly origin: Origin;
}

export interface ExposureReport {
  readonly profile: string;
  /** Entries of the input, and workloads by what was found. */
  readonly counts: { readonly entries: number; readonly workloads: number; readonly allowed: number; readonly unknown: number; readonly denied: number };
  /** Exposed ones first, training before others. */
  readonly workloads: readonly ExposedWorkload[];
  readonly loose: readonly LooseEntry[];
  /** Kinds that open ways in and that nothing reads: `apiVersion/kind` with how many. */
  readonly unread: readonly { readonly kind: string; readonly count: number }[];
  readonly omitted: { readonly workloads: number; readonly loose: number };
  readonly assumptions: readonly string[];
}
