import { irsaAnnotation } from '../../checks/identity.ts';
import { https } from '../../checks/well-known.ts';
import { titleOf } from '../../iam/decide.ts';
import { allPolicies } from '../../iam/mentioned.ts';
import type { Pattern } from '../../iam/pattern.ts';
import { variablesOf } from '../../iam/pattern.ts';
import { Prover } from '../../iam/prover/prove.ts';
import type { AccountRange, ActionRange, TextRange } from '../../iam/prover/region.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { CloudReach, StorageAccess, StorageDeed } from '../../model/cloud-reach.ts';
import type { ServiceAccount } from '../../model/cluster.ts';
import type { Finding } from '../../model/finding.ts';
import { labelOf } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';
import type { Alike } from '../alike.ts';
import type { ReachMap } from '../reach-map.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole } from './role-policies.ts';
import type { ToldRoles } from './told-roles.ts';
import { actionGroups } from './workload.ts';

/** Patterns that are asked about one by one; what the others add is one question. */
const patternsAsked = 60;

/** What training pods may do to storage with the roles of their ServiceAccounts, and what of it deserves a finding. Pure. */
export function cloudReach(
  map: ReachMap,
  training: ReadonlySet<string>,
  read: PoliciesRead,
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
      const asked = isArn ? accessOf(role, read, notKnown) : { access: [], origins: new Map<StorageAccess, Origin>() };
      return {
        entry: { serviceAccount, workloads: workloads.map((w) => w.id), role, by, ...network(outside), access: asked.access, notKnown },
        origins: asked.origins,
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
          role === null
            ? [`which role EKS Pod Identity gives ${serviceAccount}: aws eks describe-pod-identity-association prints it, a list or a roleRef does not`]
            : [],
      })),
  ];
  const nodes: readonly Identity[] = metadata ? told.nodes.map((role) => ({ role, by: 'node' as const, notKnown: [] })) : [];
  const lacks = [
    ...(own.length > 0
      ? []
      : account === undefined
        ? [`ServiceAccount ${serviceAccount} is not in the input, and so neither is its role`]
        : [`ServiceAccount ${serviceAccount} names no role; whether EKS Pod Identity gives it one is not in the input`]),
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

function accessOf(
  role: string,
  read: PoliciesRead,
  notKnown: string[],
): { readonly access: readonly StorageAccess[]; readonly origins: Map<StorageAccess, Origin> } {
  const [, partition = 'aws', , , account = ''] = role.split(':');
  const policies = policiesOfRole(read, role, { account, need: false });
  const origins = new Map<StorageAccess, Origin>();
  if ((policies.identity ?? []).length === 0) {
    notKnown.push(`no policy of ${role} is in the input`);
    return { access: [], origins };
  }
  const prover = new Prover(policies);
  const allows = allPolicies(policies).flatMap((p) => p.statements.filter((s) => s.effect === 'Allow' && s.resource !== null && !s.resource.not));
  const all = allows.flatMap((s) => s.resource?.patterns ?? []).filter((p) => variablesOf(p).length === 0);
  const patterns = [...new Map(all.map((p) => [p.source, p])).values()].slice(0, patternsAsked);
  const groups = actionGroups(partition);
  const names = new Set(groups.storage.map((a) => a.name));
  const deeds: readonly (readonly [StorageDeed, readonly ActionRange[]])[] = [
    ['read', groups.reads],
    ['write', groups.writes],
    ['delete', groups.deletes],
    ['change permissions', groups.permissions.filter((a) => names.has(a.name))],
  ];
  const access: StorageAccess[] = [];
  const ask = (
    deed: StorageDeed,
    actions: readonly ActionRange[],
    owner: AccountRange,
    resources: TextRange,
    shown: string | null,
    otherAccounts: boolean,
  ): boolean => {
    const foreign = 'not' in owner;
    const answer = prover.some({
      callers: [{ kind: 'one', caller: { type: 'AWS', arn: role, session: null } }],
      actions: foreign ? actions.map((a) => ({ ...a, resources: a.resources.filter((r) => r.source !== '*') })) : actions,
      resources,
      owner,
      keys: new Map(),
      otherKeys: 'free',
      partition,
    });
    if (answer.kind === 'none') return false;
    const { request } = answer;
    const because = answer.kind === 'unknown' ? answer.why : [...new Set(answer.verdict.involved.map((i) => `${i.statement.effect} ${titleOf(i)}`))].join('; ');
    const one: StorageAccess = {
      deed,
      resources: shown,
      otherAccounts,
      certainty: answer.kind === 'some' ? 'allowed' : 'unknown',
      example: request === null ? null : { action: request.action, resource: request.resource },
      because,
    };
    access.push(one);
    const origin = answer.kind === 'some' ? answer.verdict.involved[0]?.statement.origin : undefined;
    if (origin !== undefined) origins.set(one, origin);
    return true;
  };
  for (const [deed, actions] of deeds) {
    for (const pattern of patterns) {
      // A bucket that is named in full is somebody's already, and no attacker can make it: whose it is, the name does not say. It is asked about by itself,
      // so that what a statement about it allows is not laid to a wider pattern of another one.
      const named = namesBucket(pattern);
      const resources = { some: [pattern], none: named ? [] : patterns.filter(namesBucket) };
      if (!ask(deed, actions, { not: account }, resources, pattern.source, !named)) ask(deed, actions, { is: account }, resources, pattern.source, false);
    }
    const rest = { some: null, none: patterns };
    if (!ask(deed, actions, { not: account }, rest, null, true)) ask(deed, actions, { is: account }, rest, null, false);
  }
  return { access, origins };
}

function namesBucket({ source }: Pattern): boolean {
  return /^arn:[^:*?]{1,30}:s3:::[^*?/]{1,80}(?:\/|$)/.test(source);
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
  const sure = (deed: StorageDeed): readonly StorageAccess[] => entry.access.filter((a) => a.deed === deed && a.certainty === 'allowed');
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
