import { decide } from '../../engine/decide.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import type { Reachability } from '../../engine/reach.ts';
import { believablePort } from '../../engine/witness.ts';
import type { TrafficChange } from '../../model/diff-report.ts';
import type { Direction, Policy, Rule } from '../../model/policy.ts';
import type { Workload } from '../../model/workload.ts';
import { hostCidr } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { diff } from '../diff/diff.ts';
import { narrowedAbove } from './narrowed.ts';
import type { NeededPath, PathEnd } from './needed-path.ts';

/** The cluster before a patch and after it, and the paths that the patch is for. */
export interface Patched {
  readonly before: Reachability;
  readonly after: Reachability;
  readonly paths: readonly NeededPath[];
}

/** All traffic that a patch changes, beside what its paths ask for: other parties, and, between sorts of pod that they are about, other ports. */
export function changesBeside({ before, after, paths }: Patched): TrafficChange[] {
  const side = { title: '', profile: before.profile };
  const { changes } = diff({ ...side, snapshot: before.snapshot }, { ...side, snapshot: after.snapshot });
  return changes.flatMap((change) => {
    const pairs = change.from.parties.flatMap((a) => change.to.parties.map((b) => [a.id, b.id] as const));
    const asked = pairs.map(([from, to]) => askedPorts(paths, from, to));
    if (change.effect === 'lost' || asked.some((ports) => ports === null)) return [change];
    const more = TransportSet.unionAll(pairs.map(([from, to], i) => gained({ before, after }, from, to).subtract(asked[i] ?? TransportSet.empty)));
    return more.isEmpty ? [] : [{ ...change, ports: more.toString() }];
  });
}

/** Ports that paths ask for between two parties; where the kernel picks them, any of TCP. Null where no path is about the two. */
function askedPorts(paths: readonly NeededPath[], from: string, to: string): TransportSet | null {
  const sets = paths.flatMap((path) =>
    path.from.some((w) => w.id === from)
      ? path.ends.filter((e) => idsOf(e).includes(to)).map((e) => (path.picked ? e.ports.union(TransportSet.of('TCP')) : e.ports))
      : [],
  );
  return sets.length === 0 ? null : TransportSet.unionAll(sets);
}

/** What an end is called among changes: an address also as the block of it alone. */
function idsOf({ endpoint }: PathEnd): readonly string[] {
  switch (endpoint.kind) {
    case 'pod':
      return [endpoint.workload];
    case 'node':
      return [endpoint.node ?? ''];
    case 'address':
      return [endpoint.ip, hostCidr(endpoint.ip)];
    case 'name':
      return [endpoint.name];
  }
}

/** What one workload may newly send another; of other parties rules say nothing that the paths do not ask for. */
function gained({ before, after }: Pick<Patched, 'before' | 'after'>, from: string, to: string): TransportSet {
  const isPod = (id: string): boolean => before.snapshot.workloads.some((w) => w.id === id);
  if (!isPod(from) || !isPod(to)) return TransportSet.empty;
  const between = (reach: Reachability): TransportSet => reach.between({ kind: 'workload', id: from }, { kind: 'workload', id: to }).allowed;
  return between(after).subtract(between(before));
}

/** Policies of an order whose denials the patch goes before, with what of it they denied, and filters that it undoes: somebody meant them so. */
export function overrides({ before, after, paths }: Patched): readonly string[] {
  const denying = before.snapshot.policies
    .filter((p) => p.evaluation === 'first-match')
    .flatMap((policy) => policy.rules.filter((r) => r.action === 'deny').map((rule) => ({ policy, rule })));
  const denied = new Map<Policy, TransportSet>();
  for (const path of paths)
    for (const from of path.from)
      for (const end of path.ends) {
        const flow = (reach: Reachability): TransportSet => reach.between({ kind: 'workload', id: from.id }, end.party, 'every').allowed;
        const opened = flow(after).subtract(flow(before));
        if (opened.isEmpty) continue;
        for (const { policy, rule } of denying) {
          const ports = deniedBy(rule, end)
            .intersect(opened)
            .subtract(stillOpen(before, rule.direction, from, end));
          const alone = denying.reduce(
            (left, { rule: other }) => (other === rule || other.direction !== rule.direction ? left : left.subtract(deniedBy(other, end))),
            ports,
          );
          const tried = [ports, alone].filter((set) => !set.isEmpty);
          if (tried.some((set) => denies(before, rule, from, end, set))) denied.set(policy, ports.union(denied.get(policy) ?? TransportSet.empty));
        }
      }
  const undone = new Set(
    paths.flatMap((path) =>
      path.from.flatMap((from) =>
        path.ends.flatMap((end) =>
          narrowedAbove(before, path, from, end).flatMap((n) => (n.ends ? [`undoes what ${n.policy} filters above layer 4, for this traffic`] : [])),
        ),
      ),
    ),
  );
  return [
    ...undone,
    ...[...denied].map(
      ([{ id, order, tier, namespace }, ports]) =>
        `goes before ${id} (${order === Number.POSITIVE_INFINITY ? 'no order' : `order ${order}`}, tier ${tier.id}) and overrides its denial of ${ports}${namespace === null ? ', which is meant for the whole cluster: ask whoever keeps it' : ''}`,
    ),
  ];
}

/** What one side let through before the patch as well. */
function stillOpen(before: Reachability, direction: Direction, from: Workload, { party }: PathEnd): TransportSet {
  return before.side(direction, { kind: 'workload', id: from.id }, party, 'every').allowed;
}

function deniedBy({ ports }: Rule, { destination }: PathEnd): TransportSet {
  return ports === null ? TransportSet.full : portSetOf(ports, destination);
}

/** Whether this is the rule that denies a packet to one of some ports. */
function denies({ snapshot, profile }: Reachability, rule: Rule, from: Workload, { endpoint, destination }: PathEnd, ports: TransportSet): boolean {
  const to = endpoint.kind === 'pod' && endpoint.workload === from.id ? { ...endpoint, replica: Math.min(1, from.replicas - 1) } : endpoint;
  const packet = { from: { kind: 'pod' as const, workload: from.id, replica: 0 }, to, ...believablePort(ports, destination) };
  return decide(snapshot, profile, packet)[rule.direction].steps.some((s) => s.outcome === 'deny' && s.origin === rule.origin);
}
