import { failed, ok, type Result } from '../../kernel/result.ts';
import { Refusals } from '../../model/cannot-say.ts';
import { grouped } from '../../model/cluster-policy-writing.ts';
import type { Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { kinds } from './shapes.ts';

const { most } = kinds.ClusterNetworkPolicy.shape;
/** Characters that the name of an object has at most. Source: kubernetes/apimachinery util/validation DNS1123SubdomainMaxLength. */
const longest = 253;

/**
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy as the ClusterNetworkPolicies v1alpha2 that do the same, in the order given; other policies are left
 * out. v1alpha2 takes 25 of everything where v1alpha1 took 100: rules with more peers or ports become several rules in a row, and a policy with more rules
 * several policies in a row where no other of the tier stands in between. What still does not fit, and what v1alpha2 cannot say at all, is refused. The
 * origin of each is that of the policy it was made of. Source: network-policy-api apis/v1alpha1, apis/v1alpha2.
 */
export function migrate(policies: readonly Policy[]): Result<readonly Policy[]> {
  const own = policies.filter((p) => p.dialect === 'network-policy-api');
  const older = own.filter((p) => p.kind !== 'ClusterNetworkPolicy');
  const taken = new Set(own.filter((p) => p.kind !== 'BaselineAdminNetworkPolicy').map((p) => p.name));
  const results = older.map((policy) => migrateOne(policy, own, taken));
  const diagnostics = results.flatMap((r) => r.diagnostics);
  if (results.some((r) => !r.ok)) return failed(diagnostics);
  return ok(
    results.flatMap((r) => (r.ok ? r.value : [])),
    diagnostics,
  );
}

/** A name with an ending that nobody has yet: baseline and admin policies become one kind. */
function freeName(name: string, ending: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}${ending}`;
  taken.add(free);
  return free;
}

const directions = ['ingress', 'egress'] as const;

function migrateOne(policy: Policy, others: readonly Policy[], taken: Set<string>): Result<readonly Policy[]> {
  const { refuse, diagnostics } = new Refusals('ClusterNetworkPolicy v1alpha2');
  const baseline = policy.kind === 'BaselineAdminNetworkPolicy';
  const named = (wanted: string, ending: string): string => {
    const free = freeName(wanted, ending, taken);
    if (free.length > longest)
      refuse(
        policy.origin,
        `it needs a name of its own for what it becomes, and with ${JSON.stringify(free.slice(policy.name.length))} at its end that has ${free.length} characters; ${longest} are the most.`,
        'Give it a shorter name.',
      );
    return free;
  };
  const name = baseline ? named(policy.name, '-baseline') : policy.name;
  const rules = policy.rules.flatMap((rule) => splitRule(rule));
  const lists = directions.map((direction) =>
    chunks(
      rules.filter((r) => r.direction === direction),
      most,
    ),
  );
  const parts = Math.max(1, ...lists.map((list) => list.length));
  // The baseline policy is last in its tier and stays it: its parts come before its place.
  const first = baseline ? policy.order - parts + 1 : policy.order;
  if (parts > 1) {
    const inTheWay = others.find((p) => p !== policy && p.tier.id === policy.tier.id && p.order >= first && p.order < first + parts);
    const counts = directions.map((direction, i) => `${(lists[i] ?? []).flat().length} ${direction}`).join(' and ');
    const what = `the ${counts} rules that it takes; ${most} of each are the most`;
    if (first < 0 || first + parts - 1 > 1000)
      refuse(policy.origin, `${what}, and priorities ${first} to ${first + parts - 1} are not there to split it over.`, 'Give it a lower priority.');
    else if (inTheWay !== undefined)
      refuse(
        policy.origin,
        `${what}, and it cannot be split over priorities ${first} to ${first + parts - 1}: ${inTheWay.id} stands at ${inTheWay.order}.`,
        'Make room between their priorities.',
      );
  }
  const migrated = Array.from({ length: parts }, (_, i): Policy => {
    const own = i === 0 ? name : named(`${name}-${i + 1}`, '-more');
    return {
      ...policy,
      id: `ClusterNetworkPolicy ${own}`,
      kind: 'ClusterNetworkPolicy',
      name: own,
      order: first + i,
      rules: lists.flatMap((list) => list[i] ?? []),
    };
  });
  if (diagnostics.length > 0) return failed(diagnostics);
  const said = migrated.map(emit);
  return said.every((r) => r.ok) ? ok(migrated) : failed(said.flatMap((r) => r.diagnostics));
}

/** Rules in a row with the same action match what one rule with all their peers and ports does. Rules that match nothing go. */
function splitRule(rule: Rule): Rule[] {
  if (rule.peers?.length === 0 || rule.ports?.length === 0) return [];
  const peerLists: readonly (readonly Peer[] | null)[] =
    rule.peers === null ? [null] : chunks(grouped(rule.peers.flatMap(splitNames)), most).map((items) => items.flat());
  const portLists = rule.ports === null ? [null] : chunks(rule.ports.map(asNumber), most);
  return peerLists.flatMap((peers) => portLists.map((ports) => ({ ...rule, peers, ports })));
}

/** v1alpha1 caps names of a peer as v1alpha2 does; a peer made elsewhere may hold more. */
function splitNames(peer: Peer): Peer[] {
  return peer.kind === 'names' ? chunks(peer.names, most).map((names) => ({ ...peer, names })) : [peer];
}

/** A range of one port is a number: v1alpha2 refuses it as a range. */
function asNumber(port: PortMatch): PortMatch {
  return port.endPort === port.port ? { ...port, endPort: null } : port;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
