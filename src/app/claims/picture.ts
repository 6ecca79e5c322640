import { within } from '../../kernel/origin.ts';
import type { ClaimResult } from '../../model/claim.ts';
import type { RawObject, Snapshot } from '../../model/snapshot.ts';
import { decidesTraffic, isHarmless, redirectsTraffic } from '../../model/unread-kinds.ts';
import { admissionInForce } from '../admission/in-force.ts';
import { ungovernedPaths } from '../ungoverned.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { isClaimed } from './fabric-claims.ts';
import type { BoundZone } from './member.ts';

/** What could upset every other claim: objects in the picture that nothing here understands, and paths that no policy sees. */
export function wholePicture(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  return [complete(reach, zone), governed(reach.snapshot, zone)];
}

function complete(reach: ClaimMatrix, zone: BoundZone): ClaimResult {
  const { namespace } = zone.intents;
  const unread = unreadIn(reach.snapshot);
  const policies = unread.filter((o) => decidesTraffic(o) && (mayConcern(o, namespace) || redirectsTraffic(o)));
  const makers = unread.filter((o) => o.namespace === namespace && !policies.includes(o));
  const say = (o: (typeof unread)[number]): string => `${o.kind} ${o.namespace === null ? '' : `${o.namespace}/`}${o.name} (${o.apiVersion})`;
  const reasons = [
    ...zone.left.map((why) => `pods to come: ${why}`),
    ...policies.map((o) => `not read: ${say(o)}; it may open or close what is proven here`),
    ...makers.map((o) => `not read: ${say(o)}; the pods it may make are not in the picture: give them as Pods`),
  ];
  return {
    id: 'safety/whole-picture',
    group: 'safety',
    title: `every object in ${namespace} and every policy about it is understood`,
    status: reasons.length === 0 ? 'holds' : 'undecided',
    counterexamples: [],
    reasons: reasons.length > 10 ? [...reasons.slice(0, 10), `and ${reasons.length - 10} more`] : reasons,
    evidence: [`${reach.snapshot.objects.length} objects`],
    fix:
      reasons.length === 0
        ? null
        : 'give the pods and policies in kinds that are read (kubectl get pods,networkpolicies -o yaml), or take these objects out of the input',
    origin: within(zone.loaded.origin, 'spec', 'namespace'),
  };
}

const known = new WeakMap<Snapshot['objects'], readonly RawObject[]>();

/** Objects that nothing reads and that may matter, found once for as long as the objects stay. */
function unreadIn({ objects, unread }: Snapshot): readonly RawObject[] {
  const found = known.get(objects) ?? (unread.size === 0 ? [] : objects.filter((o) => !isHarmless(o) && unread.has(`${o.apiVersion}/${o.kind}`)));
  known.set(objects, found);
  return found;
}

/** Of a kind that is not known, nobody knows whether it lives in a namespace: one that names none may be about all of them. */
function mayConcern(object: RawObject, namespace: string): boolean {
  const metadata = object.body.metadata;
  const named = typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'namespace');
  return !named || object.namespace === namespace;
}

/** What keeps pods to come from such paths. */
function toCome(snapshot: Snapshot, { loaded }: BoundZone): string {
  const force = admissionInForce(snapshot, loaded.zone, 'training');
  return force.is === 'yes'
    ? `${force.by} refuses new pods that ask for such a path, but for devices and second interfaces`
    : 'nothing here stops a new pod from asking for such a path';
}

/** Paths that open a node or another network to a pod refute; a fabric device or a second interface is governed, if at all, by what is not read yet. */
function governed(snapshot: Snapshot, zone: BoundZone): ClaimResult {
  // What a claim about a fabric is about is proven there.
  const paths = zone.members.flatMap((m) => ungovernedPaths(snapshot, m.workload, (a) => isClaimed(zone, a)).map((path) => ({ member: m, path })));
  const outright = paths.filter(({ path }) => path.kind !== 'rdma-device' && path.kind !== 'secondary-interface');
  const wrong = outright.map(({ member, path }) => `${member.title}: ${path.text}`);
  const doubt = paths
    .filter((p) => !outright.includes(p))
    .map(({ member, path }) => `${member.title}: ${path.text}; whether the fabric keeps it apart is not proven here`);
  return {
    id: 'safety/no-ungoverned-paths',
    group: 'safety',
    title: `no pod of ${zone.intents.namespace} has a path that no policy sees`,
    status: wrong.length > 0 ? 'fails' : doubt.length > 0 ? 'undecided' : 'holds',
    counterexamples: [],
    reasons: [...wrong, ...doubt],
    evidence: [`${zone.members.filter((m) => m.representative === null).length} workloads of the input; ${toCome(snapshot, zone)}`],
    fix: paths.length === 0 ? null : 'take host network, host paths, host ports and privilege out of the pods; keep fabric devices to nodes of their own',
    origin: within(zone.loaded.origin, 'spec', 'namespace'),
  };
}
