import { pathText } from '../../kernel/reader.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { canLand } from '../../placement/can-land.ts';
import { otherNodesToCome, poolNodeToCome } from '../../placement/nodes.ts';
import type { NodePool } from '../../spec/zone.ts';
import { hygiene } from './hygiene-claim.ts';
import { type Landings, landingsOf, shownLandings } from './landings.ts';
import type { BoundZone } from './member.ts';
import { representativeKind } from './representatives.ts';
import { hasNamespace, unreadTemplates } from './unread-templates.ts';

/** Nodes of the input that have the labels of the pool. */
export function poolNodes(snapshot: Snapshot, { labels }: NodePool): readonly ClusterNode[] {
  const wanted = matchLabels(labels);
  return snapshot.nodes.filter((n) => n.origin !== null && Object.keys(labels).length > 0 && selects(wanted, n.labels));
}

/** Who may come to run where, of the pod templates of the input: others on the pool, training off it. */
export function placementClaims(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult[] {
  return [...(pool.exclusive ? [exclusive(snapshot, zone, pool)] : []), ...placed(snapshot, zone, pool)];
}

export const noPoolNode = 'no Node object with the labels of the pool is in the input: give `kubectl get nodes -o yaml`';

function exclusive(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult {
  const nodes = poolNodes(snapshot, pool);
  const templates = snapshot.workloads.filter((w) => representativeKind(w) === null && w.lifecycle !== 'finished');
  const others = templates.filter((w) => w.namespace !== zone.intents.namespace);
  const toCome = [poolNodeToCome(pool.labels, pool.taint)];
  const intruders = landingsOf(
    snapshot,
    others.filter((w) => !pool.sharedWith.includes(w.namespace)),
    nodes,
    toCome,
  );
  const agents = landingsOf(
    snapshot,
    others.filter((w) => pool.sharedWith.includes(w.namespace)),
    nodes,
    toCome,
  ).found.map((l) => l.pod);
  const unread = unreadLandings(snapshot, zone, pool, nodes);
  const { landings, more } = shownLandings({ found: [...intruders.found, ...unread.found], doubts: [] });
  return hygiene(
    zone,
    ['spec', 'nodes', 'exclusive'],
    'node-pool-exclusive',
    'nothing of the input but this zone can be scheduled onto the pool',
    {
      wrong: more,
      landings,
      missing: [...intruders.doubts, ...unread.doubts, ...(nodes.length === 0 ? [noPoolNode] : [])],
      evidence: [
        `${templates.length} pod templates, on ${nodes.length} node${nodes.length === 1 ? '' : 's'} of the pool and on any node that could be added to it`,
        ...(agents.length > 0 ? [`node software by the zone's word: ${agents.join(', ')}`] : []),
      ],
    },
    'remove the toleration from these workloads, keep them off with a node selector, or list their namespace under nodes.sharedWith when they are node software',
  );
}

/** Of kinds that nothing reads: pod specs inside of them are asked as templates are, and what else says which taints its pods tolerate stays open. */
function unreadLandings(snapshot: Snapshot, zone: BoundZone, pool: NodePool, nodes: readonly ClusterNode[]): Landings {
  const ours = [zone.intents.namespace, ...pool.sharedWith];
  const { workloads, tolerating } = unreadTemplates(snapshot, pool.taint);
  const others = workloads.filter((w) => !ours.includes(w.namespace));
  const toCome = [poolNodeToCome(pool.labels, pool.taint)];
  const made = landingsOf(
    snapshot,
    others.filter((w) => w.kind !== 'PodTemplate'),
    nodes,
    toCome,
  );
  // Something that is not in sight may make pods of it, or nothing.
  const unused = landingsOf(
    snapshot,
    others.filter((w) => w.kind === 'PodTemplate'),
    nodes,
    toCome,
  );
  return {
    found: made.found,
    doubts: [
      ...made.doubts,
      ...unused.found.map((l) => `not known: whether anything makes pods of ${l.pod}, which may come to run on ${l.node}`),
      ...unused.doubts,
      ...tolerating
        .filter(({ object }) => !hasNamespace(object) || !ours.includes(object.namespace ?? ''))
        .map(
          ({ object, origin }) =>
            `not read: ${object.kind} ${hasNamespace(object) ? `${object.namespace}/` : ''}${object.name} (${object.apiVersion}), whose pods may tolerate the taint of the pool (${pathText(origin.path)}): give them as Pods`,
        ),
    ],
  };
}

function placed(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult[] {
  const inPool = new Set(poolNodes(snapshot, pool));
  const others = snapshot.nodes.filter((n) => n.origin !== null && !inPool.has(n));
  const poolNode = poolNodeToCome(pool.labels, pool.taint);
  return zone.loaded.zone.spec.workloads.map((w, i) => {
    const members = zone.members.filter((m) => m.representative === null && m.intent === zone.intents.workloads[i]);
    const outside = landingsOf(
      snapshot,
      members.map((m) => m.workload),
      others,
      otherNodesToCome(pool.labels),
    );
    const { landings, more } = shownLandings(outside);
    const shut = members.flatMap(({ workload, title }) => {
      const inside = landingsOf(snapshot, [workload], [...inPool], [poolNode]);
      const whole = canLand(snapshot, workload, poolNode);
      return inside.found.length + inside.doubts.length === 0 && whole.is === 'no' ? [`${title} cannot run on the pool: ${whole.because.text}`] : [];
    });
    return hygiene(
      zone,
      ['spec', 'nodes'],
      `placement/${w.name}`,
      `${w.name} runs on the pool and nowhere else`,
      {
        wrong: [...more, ...shut],
        landings,
        missing: [...outside.doubts, ...(members.length === 0 ? [`no workload of ${w.name} is in the input`] : [])],
        evidence: members.map((m) => m.title),
      },
      'apply the scheduling patch of the generated pack: a taint keeps others out, only a node selector keeps training in',
    );
  });
}
