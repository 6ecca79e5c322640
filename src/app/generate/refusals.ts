import type { Path } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { intentText, type NameIntent } from '../../model/name-intent.ts';
import { type Cni, nameLanguage, versionOf } from '../../spec/cni.ts';
import type { WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import { fieldName } from '../../spec/issues.ts';
import type { Need } from '../../spec/need.ts';
import { type LoadedZone, originIn } from '../../spec/zone.ts';
import { dialectOf } from './languages.ts';
import type { DraftPolicy } from './policies.ts';

/** What the zone asks for and its CNI has no words for. Each is refused with the ways to mend it; nothing is widened in silence. */
export function refusals(loaded: LoadedZone, intents: ZoneIntents): readonly Diagnostic[] {
  const error = (code: string, path: Path, message: string, hint: string): Diagnostic => ({
    code,
    severity: 'error',
    message,
    hint,
    origin: originIn(loaded, ...path),
  });
  return intents.workloads.flatMap((workload) => [
    ...(workload.peers.scope === 'same-job' && workload.peers.groups.length === 0
      ? [
          error(
            'same-job-needs-jobs',
            workload.peers.path,
            `No policy language here can say "pods with the same value of a label as mine", so peers: same-job of workload ${workload.name} needs one policy for each job.`,
            `List the jobs (jobs: [NAME, …]), or write peers: same-workload, which lets all jobs of the workload reach each other.`,
          ),
        ]
      : []),
    ...[...workload.needs, ...workload.drivers.flatMap((d) => d.needs)].flatMap((need) => nameRefusal(intents.cni, workload, need, error)),
  ]);
}

function nameRefusal(
  cni: Cni,
  workload: WorkloadIntent,
  need: Need,
  error: (code: string, path: Path, message: string, hint: string) => Diagnostic,
): readonly Diagnostic[] {
  const hosts = need.targets.flatMap((target) => (target.kind === 'names' ? target.hosts.map((host) => host.intent) : []));
  if (hosts.length === 0) return [];
  if (nameLanguage(cni) !== null) return hosts.flatMap((intent) => unsaid(cni, workload, need, intent, error));
  const field = need.addressesField === null ? 'cidrs' : fieldName(need.addressesField);
  return [
    error(
      'names-need-addresses',
      need.path,
      `NetworkPolicy knows addresses only${beyondPack(cni)}, and workload ${workload.name} reaches ${need.title} by name (${hosts.map(intentText).join(', ')}).`,
      `List its addresses under ${field} (best: those of a private endpoint)${cni === 'kubernetes' ? ', or write platform.cni: cilium where Cilium runs' : ''}.`,
    ),
  ];
}

/**
 * Where a CNI that the pack gets NetworkPolicies for has rules on names after all. Source: ovn-kubernetes docs/features/network-security-controls/egress-firewall.md;
 * network-policy-api apis/v1alpha2 ClusterNetworkPolicyEgressPeer.
 */
function beyondPack(cni: Cni): string {
  if (cni.startsWith('ovn-kubernetes')) return ' (names are for an EgressFirewall, of which a namespace has one for all its pods, and no pack holds one)';
  return cni.startsWith('kube-network-policies') ? ' (names are for a ClusterNetworkPolicy, which belongs to the cluster, and no pack holds one)' : '';
}

/** What the language of the CNI has no exact rule for. */
function unsaid(
  cni: Cni,
  workload: WorkloadIntent,
  need: Need,
  intent: NameIntent,
  error: (code: string, path: Path, message: string, hint: string) => Diagnostic,
): readonly Diagnostic[] {
  const said = dialectOf(nameLanguage(cni))?.intend?.(intent, versionOf(cni));
  if (said === undefined || 'match' in said) return [];
  return [error('name-not-sayable', need.path, `${said.refused}: workload ${workload.name} reaches ${need.title} (${intentText(intent)}).`, said.instead)];
}

/** Policies whose names, made from the names in the zone, came out equal: one would overwrite the other when applied. */
export function nameClashes(drafts: readonly DraftPolicy[]): readonly Diagnostic[] {
  return drafts.flatMap(({ policy }, index) => {
    const first = drafts.findIndex((other) => other.policy.name === policy.name && other.policy.namespace === policy.namespace);
    if (first === index) return [];
    return [
      {
        code: 'policy-name-twice',
        severity: 'error' as const,
        message: `Two policies of this zone would be named ${policy.name}.`,
        hint: 'Rename the workload, data set or service that this name is made from.',
        origin: policy.origin,
      },
    ];
  });
}
