import type { Labels } from './labels.ts';
import type { Workload } from './workload.ts';

/**
 * One end of a passage. `members`: pods of the job itself. `pods`: others of the cluster; `namespace` is null where any may be meant. `api-server`: the
 * Kubernetes API. `names` and `addresses`: outside. `node`: the node that the pod runs on.
 */
export type PassageEnd =
  | { readonly kind: 'members'; readonly members: readonly Workload[] }
  | { readonly kind: 'pods'; readonly title: string; readonly namespace: string | null; readonly selector: Labels }
  | { readonly kind: 'api-server' }
  | { readonly kind: 'names'; readonly hosts: readonly string[] }
  | { readonly kind: 'addresses'; readonly title: string; readonly cidrs: readonly string[] }
  | { readonly kind: 'node' };

/**
 * Where a process listens. `fixed`: at one port. `ephemeral`: wherever the kernel puts a socket that asks for port 0, which the pod's sysctl
 * net.ipv4.ip_local_port_range narrows. `range`: at one or several ports that the program picks by itself; no sysctl moves it.
 */
export type PortUse =
  | { readonly kind: 'fixed'; readonly port: number }
  | { readonly kind: 'ephemeral' }
  | { readonly kind: 'range'; readonly low: number; readonly high: number };

/** What a passage is for, in the order in which a job needs them. */
export type PassagePurpose = 'launch' | 'rendezvous' | 'collectives' | 'control' | 'status' | 'probe';

/** Who dials whom, and where: something a job does on the network. Every `from` dials every `to`. Connections are TCP. */
export interface Passage {
  /** Unique in a job: `pytorch/store`, `nccl/collectives`. */
  readonly id: string;
  readonly purpose: PassagePurpose;
  /** What goes over it, in a few words: `worker store`. */
  readonly title: string;
  readonly from: PassageEnd;
  readonly to: PassageEnd;
  readonly ports: readonly PortUse[];
  /** Where it may go instead, for all that is known: ports that something sets which nobody can read. `why` says what. */
  readonly perhaps?: { readonly ports: readonly PortUse[]; readonly why: string };
  /** It goes to one of these ports, and which one nobody can read off the manifest. */
  readonly unread?: true;
  /** Bytes of a protocol of its own, neither HTTP nor TLS: what a proxy takes for either, it ends. */
  readonly ownProtocol?: true;
  /** Whether the job stands still without it. */
  readonly required: boolean;
  /** Whether the job uses it at all is not known: where it is shut, it is not known whether that stops the job. */
  readonly supposed?: true;
  /** What in the job shows it: `MASTER_PORT=29500 of container pytorch`. */
  readonly because: string;
  /** Where it is written that it dials so: project and file. */
  readonly source: string;
}
