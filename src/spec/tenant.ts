import type { TenantControl } from '../model/tenant-control.ts';
import { type Cni, nameLanguage } from './cni.ts';
import type { Need } from './need.ts';

/** Who decides whose data a pod reaches at a need's far end, which is another question than whether it reaches the far end at all. */
export interface TenantReach {
  /** What decides, as the end of "whose data is decided by …"; null: nothing does. */
  readonly decidedBy: string | null;
  /** What is left open all the same, a clause. */
  readonly residual: string;
}

const controls: Readonly<Record<TenantControl, TenantReach>> = {
  'endpoint-policy': {
    decidedBy: 'the policy of the VPC endpoint, as the zone says',
    residual: 'a route to the internet beside the endpoint passes it by',
  },
  'vpc-service-controls': {
    decidedBy: 'the perimeter of VPC Service Controls, as the zone says',
    residual: 'identities of Workload Identity Federation are not held to its identity rules, only to its projects',
  },
  'service-endpoint-policy': {
    decidedBy: 'the service endpoint policy of the subnet, as the zone says',
    residual: 'it holds for the subnets that carry it, and for Azure Storage alone',
  },
  'private-endpoint': {
    decidedBy: 'the private endpoint, as the zone says',
    residual: 'it decides only where the public front end has no route',
  },
  proxy: { decidedBy: 'a proxy that opens TLS, as the zone says', residual: 'a proxy that sees the name of the host alone cannot tell buckets apart' },
};

/**
 * The tenant verdict of a need; null where the far end holds nobody's data. Rules on addresses and names decide which front end is reached; whose data stands
 * behind it is decided by a name that is a tenant's, if connections are held to it, or by a control that no network rule shows.
 * Source: cilium#31803 (names are enforced by address); AWS data perimeter examples; VPC Service Controls and Azure service endpoint documentation.
 */
export function tenantReach(need: Need, cni: Cni): TenantReach | null {
  if (need.tenancy === 'not-data') return null;
  if (need.targets.length > 0 && need.targets.every((target) => target.kind === 'pods'))
    return { decidedBy: 'the store in the cluster', residual: 'every bucket of it that the keys of the pod open' };
  if (need.control !== null) return controls[need.control];
  if (need.tenancy === 'own' && nameLanguage(cni) === 'cilium')
    return {
      decidedBy: 'the TLS server name, which is asked for',
      residual: 'a server name can be forged, and the host inside TLS may be another: an endpoint policy closes both',
    };
  return {
    decidedBy: null,
    residual:
      need.tenancy === 'own'
        ? 'the addresses behind the name serve every tenant: write tenantControl once something decides'
        : 'the front end serves every tenant: write tenantControl once something decides',
  };
}
