import { compareText } from '../../kernel/stable.ts';
import type { ClaimResult, PodLanding } from '../../model/claim.ts';
import type { Namespace } from '../../model/cluster.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { barePod } from '../../model/workload.ts';
import { otherNodesToCome, poolNodeToCome } from '../../placement/nodes.ts';
import { tolerationText } from '../../placement/tolerates.ts';
import type { ProtectedIntent } from '../../spec/intents.ts';
import type { NodePool } from '../../spec/zone.ts';
import { admissionInForce, type InForce } from '../admission/in-force.ts';
import { hygiene } from './hygiene-claim.ts';
import { landingsOf } from './landings.ts';
import type { BoundZone } from './member.ts';
import { poolNodes } from './placement.ts';

/** As the claims about placement, for any pod that somebody could create: what no admission refuses will be asked for. */
export function admissionClaims(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult[] {
  return [...(pool.exclusive ? [poolShut(snapshot, zone, pool)] : []), trainingKept(snapshot, zone, pool)];
}

const generateIt = 'apply the admission folder of the generated pack';

/** The pods that would be least in the way of a counterexample: one that tolerates everything, in a namespace that is there and that people care about. */
function poolShut(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult {
  const { zone: spec, origin } = zone.loaded;
  const except = [zone.intents.namespace, ...pool.sharedWith];
  const places = [...snapshot.namespaces.values()].filter((n) => !except.includes(n.name)).sort((a, b) => compareText(a.name, b.name));
  const place = (places.find((n) => zone.intents.protected.some((p) => isIn(n, p))) ?? places[0])?.name ?? null;
  const pod = barePod(place ?? 'default', 'x', origin);
  const nodes = poolNodes(snapshot, pool);
  const toCome = [poolNodeToCome(pool.labels, pool.taint)];
  const plain = landingsOf(snapshot, [pod], nodes, toCome);
  const force = admissionInForce(snapshot, spec, 'elsewhere');
  const everything = { key: null, operator: 'Exists' as const, value: '', effect: null };
  const bold = landingsOf(snapshot, [{ ...pod, pod: { ...pod.pod, tolerations: [everything] } }], nodes, toCome);
  const who = place === null ? 'any pod of another namespace' : `any pod that somebody creates in ${place}`;
  const open = told(plain.found, who) ?? (force.is === 'yes' ? null : told(bold.found, `${who} and that tolerates ${tolerationText(everything)}`));
  return judgedBy(zone, force, plain.found.length > 0, open, {
    path: 'exclusive',
    id: 'pool-admission',
    title: 'no pod that could be created outside this zone can be scheduled onto the pool',
    closed: `pods that tolerate the taint${pool.taint?.effect === 'NoExecute' ? '' : ' or name their node or another scheduler'}, in every namespace but ${except.join(', ')}`,
    fix: `${generateIt}: it refuses pods of other namespaces that tolerate the taint`,
  });
}

function trainingKept(snapshot: Snapshot, zone: BoundZone, pool: NodePool): ClaimResult {
  const inPool = new Set(poolNodes(snapshot, pool));
  const others = snapshot.nodes.filter((n) => n.origin !== null && !inPool.has(n));
  const pod = barePod(zone.intents.namespace, 'x', zone.loaded.origin);
  const { found } = landingsOf(snapshot, [pod], others, otherNodesToCome(pool.labels));
  const force = admissionInForce(snapshot, zone.loaded.zone, 'training');
  const open = force.is === 'yes' ? null : told(found, `any pod that somebody creates in ${zone.intents.namespace} and that asks for no node`);
  return judgedBy(zone, force, false, open, {
    path: 'labels',
    id: 'placement-admission',
    title: `no pod that could be created in ${zone.intents.namespace} can be scheduled off the pool`,
    closed: `pods of ${zone.intents.namespace} that do not ask for the pool`,
    fix: `${generateIt}: it refuses training pods that do not ask for the pool`,
  });
}

/** A landing of a pod that nobody wrote: it has no lines. */
function told(found: readonly PodLanding[], pod: string): PodLanding | null {
  const [first] = found;
  if (first === undefined) return null;
  return {
    pod,
    node: first.node,
    through: [...first.through.map(({ text }) => ({ text, origin: null })), { text: 'no admission policy of the input refuses it', origin: null }],
  };
}

function judgedBy(
  zone: BoundZone,
  force: InForce,
  open: boolean,
  landing: PodLanding | null,
  about: { readonly path: string; readonly id: string; readonly title: string; readonly closed: string; readonly fix: string },
): ClaimResult {
  const doubts = force.is === 'unknown' && !open ? force.why : [];
  return hygiene(
    zone,
    ['spec', 'nodes', about.path],
    about.id,
    about.title,
    {
      wrong: [],
      landings: landing === null || doubts.length > 0 ? [] : [landing],
      missing: doubts,
      evidence: force.is === 'yes' ? [`${force.by} refuses ${about.closed}`] : [],
    },
    about.fix,
  );
}

function isIn({ name, labels }: Namespace, { namespaces }: ProtectedIntent): boolean {
  if (namespaces === null) return false;
  return 'names' in namespaces ? namespaces.names.includes(name) : selects(matchLabels(namespaces.labels), labels);
}
