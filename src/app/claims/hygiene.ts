import { directoryOf } from '../../engine/directory.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { Taint } from '../../model/cluster.ts';
import { labelOf, matchLabels, selects } from '../../model/labels.ts';
import { enforceLabel } from '../../model/pod-security.ts';
import { workloadTitle } from '../../model/workload.ts';
import { podSecurityOf } from '../../spec/pod-security.ts';
import { roleArn } from '../../spec/role.ts';
import type { NodePool, ZoneTaint } from '../../spec/zone.ts';
import { admissionClaims } from './admission.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { hygiene } from './hygiene-claim.ts';
import type { BoundZone } from './member.ts';
import { nodeMakers } from './node-makers.ts';
import { noPoolNode, placementClaims, poolNodes } from './placement.ts';
import { representativeKind } from './representatives.ts';

/** What keeps a zone tidy without deciding a packet: default deny, quota, Pod Security, node pool, identity. */
export function hygieneClaims(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  const { spec } = zone.loaded.zone;
  return [
    defaultDeny(reach, zone),
    podSecurity(reach, zone),
    ...(spec.namespace.quota === null ? [] : [quota(reach, zone)]),
    ...(spec.nodes === null
      ? []
      : [...taintClaim(reach, zone, spec.nodes), ...placementClaims(reach.snapshot, zone, spec.nodes), ...admissionClaims(reach.snapshot, zone, spec.nodes)]),
    ...spec.workloads.flatMap((w, i) => (w.identity === null ? [] : [serviceAccount(reach, zone, i)])),
  ];
}

function defaultDeny(reach: ClaimMatrix, zone: BoundZone): ClaimResult {
  const wrong: string[] = [];
  for (const member of zone.members)
    for (const direction of ['ingress', 'egress'] as const) {
      if (!reach.isolated(member.workload.id, direction))
        wrong.push(`${member.title} is not under default deny for ${direction}${member.workload.hostNetwork ? ' (host network)' : ''}`);
    }
  return hygiene(
    zone,
    ['spec', 'namespace'],
    'default-deny',
    `every pod of ${zone.intents.namespace} is under default deny, both ways`,
    { wrong, missing: [], evidence: [`${zone.members.length} sorts of pod`] },
    `add a NetworkPolicy to ${zone.intents.namespace} that selects every pod (podSelector: {}) with policyTypes Ingress and Egress and no rules`,
  );
}

const levels = ['privileged', 'baseline', 'restricted'];

function podSecurity(reach: ClaimMatrix, zone: BoundZone): ClaimResult {
  const wanted = podSecurityOf(zone.loaded.zone.spec);
  const namespace = reach.snapshot.namespaces.get(zone.intents.namespace);
  const found = namespace === undefined ? undefined : labelOf(namespace.labels, enforceLabel);
  const read = namespace !== undefined && namespace.origin !== null;
  const weak = read && levels.indexOf(found ?? 'privileged') < levels.indexOf(wanted);
  const title = `namespace ${zone.intents.namespace} enforces Pod Security level ${wanted} or stricter`;
  return hygiene(
    zone,
    ['spec', 'namespace', 'podSecurity'],
    'pod-security',
    title,
    {
      wrong: weak ? [`the label pod-security.kubernetes.io/enforce is ${found === undefined ? 'absent' : found}`] : [],
      missing: read ? [] : [`the Namespace object of ${zone.intents.namespace} is not in the input`],
      evidence: found === undefined ? [] : [`enforce: ${found}`],
    },
    `label the namespace pod-security.kubernetes.io/enforce: ${wanted}`,
  );
}

function quota(reach: ClaimMatrix, zone: BoundZone): ClaimResult {
  const wanted = zone.loaded.zone.spec.namespace.quota;
  const found = reach.snapshot.quotas.filter((q) => q.namespace === zone.intents.namespace && !q.scoped);
  const limits: [string, number][] = [];
  if (wanted?.gpus != null) limits.push([`requests.${wanted.resource}`, wanted.gpus]);
  if (wanted?.pods != null) limits.push(['pods', wanted.pods]);
  const wrong = limits.flatMap(([key, most]) => {
    const values = found.flatMap((q) => {
      const v = labelOf(q.hard, key);
      return v === undefined ? [] : [v];
    });
    const tight = values.some((v) => /^\d+$/.test(v) && Number(v) <= most);
    return tight
      ? []
      : [
          values.length === 0
            ? `no ResourceQuota in ${zone.intents.namespace} limits ${key}`
            : `${key} is limited to ${values.join(', ')}, the zone says ${most}`,
        ];
  });
  return hygiene(
    zone,
    ['spec', 'namespace', 'quota'],
    'quota',
    `a quota keeps ${zone.intents.namespace} within ${limits.map(([k, n]) => `${n} ${k}`).join(' and ')}`,
    { wrong, missing: [], evidence: found.map((q) => `ResourceQuota ${q.name}`) },
    'add the ResourceQuota of the generated pack; extended resources take the requests.* form only',
  );
}

function taintClaim(reach: ClaimMatrix, zone: BoundZone, pool: NodePool): ClaimResult[] {
  if (pool.taint === null) return [];
  const { taint } = pool;
  const nodes = poolNodes(reach.snapshot, pool);
  const bare = nodes.filter((n) => !n.taints.some((t) => sameTaint(t, taint)));
  const makers = nodeMakers(reach.snapshot, pool).filter(({ taints }) => !taints.some((t) => sameTaint(t, taint)));
  const text = `${taint.key}=${taint.value}:${taint.effect}`;
  const evidence = [`${nodes.length} node${nodes.length === 1 ? '' : 's'} with the pool's labels`];
  const missing = nodes.length === 0 ? [noPoolNode] : [];
  return [
    hygiene(
      zone,
      ['spec', 'nodes', 'taint'],
      'node-pool-tainted',
      `every node of the pool carries the taint ${text}`,
      {
        wrong: [
          ...bare.map((n) => `node ${n.name} does not carry it`),
          ...makers.map((m) => `NodePool ${m.name} of Karpenter makes nodes with the labels of the pool and without it`),
        ],
        missing,
        evidence,
      },
      makers.length > 0
        ? `add the taint to spec.template.spec.taints of NodePool ${makers.map((m) => m.name).join(' and ')}`
        : bare.length === 0
          ? 'give the Node objects'
          : `kubectl taint nodes ${bare.map((n) => n.name).join(' ')} ${text}`,
    ),
  ];
}

function serviceAccount(reach: ClaimMatrix, zone: BoundZone, index: number): ClaimResult {
  const workload = zone.loaded.zone.spec.workloads[index];
  const name = workload?.identity?.serviceAccount ?? 'default';
  const found = reach.snapshot.serviceAccounts.find((s) => s.namespace === zone.intents.namespace && s.name === name);
  const members = zone.members.filter((m) => m.representative === null && m.intent === zone.intents.workloads[index]);
  const wrong = members.filter((m) => m.workload.serviceAccount !== name).map((m) => `${m.title} runs as ${m.workload.serviceAccount}`);
  const role = workload?.identity?.irsa?.role;
  if (found !== undefined && role !== undefined) {
    const arn = labelOf(found.annotations, 'eks.amazonaws.com/role-arn');
    if (arn !== (roleArn(role, zone.loaded.zone.spec.platform) ?? role))
      wrong.push(`ServiceAccount ${name} ${arn === undefined ? 'has no role annotation' : `is bound to ${arn}`}, the zone says ${role}`);
  }
  const strangers = directoryOf(reach.snapshot)
    .inNamespace(zone.intents.namespace)
    .filter(
      (w) =>
        representativeKind(w) === null &&
        w.lifecycle !== 'finished' &&
        w.serviceAccount === name &&
        !zone.intents.workloads.some((intent) => selects(matchLabels(intent.selector), w.labels)),
    );
  wrong.push(...strangers.map((w) => `${workloadTitle(w)}, which the zone does not describe, runs as ${name} too`));
  return hygiene(
    zone,
    ['spec', 'workloads', index, 'identity'],
    `identity/${workload?.name ?? index}`,
    `${workload?.name ?? index} alone runs as service account ${name}`,
    {
      wrong,
      missing: found === undefined ? [`ServiceAccount ${zone.intents.namespace}/${name} is not in the input`] : [],
      evidence: members.map((m) => m.title),
    },
    'apply the ServiceAccount of the generated pack and set serviceAccountName on the job',
  );
}

function sameTaint(a: Taint, b: ZoneTaint): boolean {
  return a.key === b.key && a.value === b.value && a.effect === b.effect;
}
