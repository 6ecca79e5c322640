import type { Path } from '../kernel/origin.ts';
import type { Labels } from '../model/labels.ts';
import type { NameIntent } from '../model/name-intent.ts';
import type { PortMatch } from '../model/policy.ts';
import type { TenantControl } from '../model/tenant-control.ts';

/**
 * Where a need leads. `names`: outside hosts; `required` ones are what work stops without. `addresses`: outside CIDRs, of which `except` stays shut.
 * `own-node`: the node the pod runs on (an agent on a node address that the CNI classes as host).
 */
export type NeedTarget =
  | { readonly kind: 'pods'; readonly namespace: string; readonly selector: Labels }
  | { readonly kind: 'names'; readonly hosts: readonly WantedHost[] }
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[]; readonly except: readonly string[] }
  | { readonly kind: 'own-node' };

/** Outside names, and whether work stops without them. */
export interface WantedHost {
  readonly intent: NameIntent;
  readonly required: boolean;
}

/** One host by its exact name. */
export function exactly({ name, required }: { readonly name: string; readonly required: boolean }): WantedHost {
  return { intent: { kind: 'exact', name }, required };
}

/** One thing a workload must reach: every target, on every port. */
export interface Need {
  /** Stable: `dns`, `data/corpus`, `credentials/irsa`, `service/wandb`. */
  readonly id: string;
  readonly purpose: 'dns' | 'storage' | 'credentials' | 'service';
  /** `bucket my-data (read)`. */
  readonly title: string;
  readonly targets: readonly NeedTarget[];
  readonly ports: readonly PortMatch[];
  /** Whose data stands behind the target: ours alone by name or place, or any tenant's. */
  readonly tenancy: 'own' | 'shared-front-end' | 'not-data';
  /** What the zone says decides whose data is reached; null: it says nothing. */
  readonly control: TenantControl | null;
  /** Names that the pod looks up for it though the rule is on addresses; a name filter of DNS must let them pass. */
  readonly resolves?: readonly string[];
  /** What the owner of a job sees while the path is shut: words of the program where it has any. */
  readonly whenShut: string;
  /** What people should know, a sentence each. */
  readonly notes: readonly string[];
  /** What to write and where, when the CNI cannot express `names`: the field that takes addresses. */
  readonly addressesField: Path | null;
  /** Of the field in the zone document that asks for it. */
  readonly path: Path;
}

/** One TCP port. */
export function tcp(port: number): PortMatch {
  return { protocol: 'TCP', port, endPort: null };
}

/** A dropped SYN is no error: the client waits out its time. */
export const connectHangs = 'connecting hangs until the client gives up: a dropped packet is no error';
