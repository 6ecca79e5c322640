import { irsaAnnotation } from '../../checks/identity.ts';
import { https } from '../../checks/well-known.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { CloudReach, StorageAccess, StorageDeed } from '../../model/cloud-reach.ts';
import type { ServiceAccount } from '../../model/cluster.ts';
import type { Finding } from '../../model/finding.ts';
import { labelOf } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import type { Alike } from '../alike.ts';
import type { ReachMap } from '../reach-map.ts';
import { intendedFor } from './intended-data.ts';
import type { PoliciesRead } from './read-policies.ts';
import { noAccess, storageAccess } from './storage-access.ts';
import type { ToldRoles } from './told-roles.ts';

/** What training pods may do to storage with the roles of their ServiceAccounts, and what of it deserves a finding: nothing that a zone has data sets for. Pure. */
export function cloudReach(
  map: ReachMap,
  training: ReadonlySet<string>,
  read: PoliciesRead,
  zones: readonly LoadedZone[] = [],
): { readonly reach: readonly CloudReach[]; readonly findings: readonly Finding[] } {
  const groups = new Map<string, { readonly workloads: Workload[]; readonly alike: Set<Alike> }>();
  for (const group of map.groups)
    for (const workload of group.members) {
      if (!training.has(workload.id)) continue;
      const of = kept(groups, `${workload.namespace}/${workload.serviceAccount}`, () => ({ workloads: [], alike: new Set<Alike>() }));
      of.workloads.push(workload);
      of.alike.add(group);
    }
  const found = sortedBy(groups, ([name]) => name).flatMap(([serviceAccount, { workloads, alike }]) => {
    const outside = [...alike].flatMap((g) => map.outside(g));
    const account = map.reach.snapshot.serviceAccounts.find((a) => `${a.namespace}/${a.name}` === serviceAccount);
    return identitiesOf(
      serviceAccount,
      account,
      read.roles,
      outside.some((o) => o.party.kind === 'metadata'),
    ).map(({ role, by, notKnown: lacks }) => {
      const notKnown = [...lacks];
      const isArn = role !== null && /^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(role);
      if (role !== null && !isArn) notKnown.push(`${role} is not the ARN of a role`);
      const meant = intendedFor(zones, serviceAccount, role);
      if (by !== 'node' && role !== null && meant !== null && meant.role !== null && meant.role !== role)
        notKnown.push(`why it is not the role that zone ${meant.zone} names: ${meant.role}`);
      const asked = isArn ? storageAccess(role, read, meant?.data ?? []) : noAccess;
      if (asked === null) notKnown.push(`no policy of ${role} is in the input`);
      const { access, origins } = asked ?? noAccess;
      return {
        entry: { serviceAccount, workloads: workloads.map((w) => w.id), role, by, zone: meant?.zone ?? null, ...network(outside), access, notKnown },
        origins,
      };
    });
  });
  return { reach: found.map((f) => f.entry), findings: found.flatMap(({ entry, origins }) => findingsOf(entry, origins)) };
}

interface Identity extends Pick<CloudReach, 'role' | 'by'> {
  readonly notKnown: readonly string[];
}

/** The roles that pods of a ServiceAccount come to. Where both IRSA and Pod Identity give one, a process may take either. */
function identitiesOf(serviceAccount: string, account: ServiceAccount | undefined, told: ToldRoles, metadata: boolean): readonly Identity[] {
  const annotated = account === undefined ? undefined : labelOf(account.annotations, irsaAnnotation);
  const own: readonly Identity[] = [
    ...(annotated === undefined ? [] : [{ role: annotated, by: 'irsa' as const, notKnown: [] }]),
    ...told.associations
      .filter((a) => a.serviceAccount === serviceAccount)
      .map(({ role }) => ({
        role,
        by: 'pod-identity' as const,
        notKnown:
          role === null ? [`which role EKS Pod Identity gives it: aws eks describe-pod-identity-association prints it, a list or a roleRef does not`] : [],
      })),
  ];
  const nodes: readonly Identity[] = metadata ? told.nodes.map((role) => ({ role, by: 'node' as const, notKnown: [] })) : [];
  const lacks = [
    ...(own.length > 0
      ? []
      : account === undefined
        ? ['the ServiceAccount is not in the input, and so neither is its role']
        : ['it names no role; whether EKS Pod Identity gives it one is not in the input (aws eks describe-pod-identity-association prints it)']),
    ...(metadata && nodes.length === 0
      ? [
          'the metadata service is or may be reachable, and the role of the node, which it hands out, counts too: it is not in the input (aws eks describe-nodegroup prints it)',
        ]
      : []),
  ];
  const [first = { role: null, by: null, notKnown: [] }, ...others] = own;
  return [{ ...first, notKnown: [...first.notKnown, ...lacks] }, ...others, ...nodes];
}

/** Whether a front end of S3 is within reach: the internet, or a name of it. Of a few ranges nobody can tell: an endpoint may lie in them. */
function network(outside: ReturnType<ReachMap['outside']>): Pick<CloudReach, 'network' | 'through'> {
  const open = outside.filter((o) => o.party.kind !== 'metadata' && !o.flow.allowed.union(o.flow.unknown).intersect(https).isEmpty);
  const sure = open.find((o) => !o.flow.allowed.intersect(https).isEmpty && (o.party.kind === 'internet' || (o.party.kind === 'name' && isStore(o.party.id))));
  if (sure !== undefined) return { network: 'reachable', through: sure.party.title };
  const perhaps = open.find((o) => o.party.kind !== 'name' || isStore(o.party.id) || o.party.id.includes('*'));
  return perhaps === undefined ? { network: 'unreachable', through: null } : { network: 'unknown', through: perhaps.party.title };
}

/** Source: the endpoint rule set of @aws-sdk/client-s3: `s3` or a sibling is a label of every host. */
function isStore(name: string): boolean {
  return /(?:^|[.*])s3[a-z0-9-]{0,60}\./.test(name) && /\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.test(name);
}

function findingsOf(entry: CloudReach, origins: ReadonlyMap<StorageAccess, Origin>): readonly Finding[] {
  if (entry.network === 'unreachable') return [];
  const finding = (check: string, access: StorageAccess | undefined, says: string, fix: string): readonly Finding[] =>
    access === undefined
      ? []
      : [
          {
            check,
            severity: 'high',
            confidence: entry.network === 'reachable' ? 'certain' : 'possible',
            message: `Training pods of ServiceAccount ${entry.serviceAccount} ${says} with ${entry.role}${entry.by === 'node' ? ' of their node, which the metadata service hands out' : ''}: ${access.example?.action} on ${access.example?.resource} is allowed, and S3 is ${entry.network === 'reachable' ? '' : 'perhaps '}within reach.`,
            primary: origins.get(access) ?? null,
            related: [],
            fix,
            subjects: [entry.serviceAccount],
          },
        ];
  const sure = (deed: StorageDeed): readonly StorageAccess[] => entry.access.filter((a) => a.deed === deed && a.certainty === 'allowed' && a.intended === null);
  return [
    ...finding(
      'role-writes-foreign-bucket',
      sure('write').find((a) => a.otherAccounts),
      'can write to buckets of other accounts',
      'Name the buckets in Resource, and require aws:ResourceAccount.',
    ),
    ...finding(
      'role-deletes-data',
      sure('delete')[0],
      'can delete',
      'Remove s3:Delete* and s3:PutLifecycleConfiguration; let a lifecycle rule of the bucket expire what is old.',
    ),
  ];
}
