import { within } from '../kernel/origin.ts';
import { isZero } from '../model/accelerators.ts';
import type { AttachmentEvidence, AttachmentRule, FabricAttachment } from '../model/fabric-attachment.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { inContainer, type Workload } from '../model/workload.ts';
import { efaPasses, instancesOf } from './efa-groups.ts';
import { nodesOf } from './nodes-of.ts';

const resource = 'vpc.amazonaws.com/efa';

/** Device class of the EFA driver for Dynamic Resource Allocation. Source: EKS User Guide, Manage EFA devices; eks-charts stable/aws-dranet. */
const deviceClass = 'efa.networking.k8s.aws';

/** EFA interfaces of the node, by the device plugin or by a claim. */
export function efaAttachments(snapshot: Snapshot, workload: Workload): readonly FabricAttachment[] {
  const asking = workload.pod.containers.find((c) => [c.requests, c.limits].some((r) => Object.hasOwn(r, resource) && !isZero(r[resource] ?? '0')));
  const claim = workload.pod.claims.find((c) => c.classes?.some((k) => k.name === deviceClass) === true);
  if (asking === undefined && claim === undefined) return [];
  const first: AttachmentEvidence =
    asking !== undefined
      ? { text: `asks for ${resource}`, origin: inContainer(workload, asking, 'resources') }
      : { text: `claims ${deviceClass} by ${claim?.object}`, origin: within(workload.podOrigin, 'resourceClaims') };
  const instances = instancesOf(snapshot, nodesOf(snapshot, workload));
  const ids = instances === null ? null : [...new Set(instances.flatMap((i) => i.groups))].sort();
  const groups = snapshot.fabric.securityGroups.filter((g) => ids?.includes(g.id) === true);
  return [
    {
      kind: 'efa',
      name: asking !== undefined ? resource : deviceClass,
      rules: [ruleOf(snapshot, ids)],
      segments: [{ family: 'efa', groups: ids }],
      evidence: [
        first,
        ...(instances ?? []).slice(0, 3).map((i) => ({ text: `EFA interfaces of ${i.id}`, origin: i.origin })),
        ...groups.map((g) => ({ text: `security group ${g.id}`, origin: g.origin })),
      ],
    },
  ];
}

function ruleOf({ fabric }: Snapshot, ids: readonly string[] | null): AttachmentRule {
  const rule = (state: AttachmentRule['state'], text: string): AttachmentRule => ({ traffic: 'all', state, text });
  if (ids === null)
    return rule(
      'unknown',
      'security groups of the EFA interfaces keep it apart; to settle which, give `aws ec2 describe-instances` and `describe-security-groups` of the nodes with the manifests',
    );
  const named = ids.join(', ');
  const missing = ids.filter((id) => !fabric.securityGroups.some((g) => g.id === id));
  if (missing.length > 0 || ids.length === 0)
    return rule(
      'unknown',
      `security ${ids.length === 1 ? 'group' : 'groups'} ${named || 'of its interfaces'} keep it apart; what they admit is not in the input`,
    );
  const groups = fabric.securityGroups.filter((g) => ids.includes(g.id));
  return groups.some((g) => efaPasses(g, g))
    ? rule('elsewhere', `by security ${ids.length === 1 ? 'group' : 'groups'} ${named}`)
    : rule(
        'elsewhere',
        `by security ${ids.length === 1 ? 'group' : 'groups'} ${named}, which do not name themselves both ways: EFA passes nothing among their members`,
      );
}
