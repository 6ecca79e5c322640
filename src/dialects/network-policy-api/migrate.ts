import { failed, ok, type Result } from '../../kernel/result.ts';
import { Refusals } from '../../model/cannot-say.ts';
import { grouped } from '../../model/cluster-policy-writing.ts';
import type { Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { kinds } from './shapes.ts';

const { most } = kinds.ClusterNetworkPolicy.shape;

/**
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy as the ClusterNetworkPolicies v1alpha2 that do the same, in the order given; other policies are left
 * out. v1alpha2 takes 25 of everything where v1alpha1 took 100: rules with more peers or ports become several rules in a row; what still does not fit, and
 * what v1alpha2 cannot say at all, is refused. Source: network-policy-api apis/v1alpha1, apis/v1alpha2.
 */
export function migrate(policies: readonly Policy[]): Result<readonly Policy[]> {
  const older = policies.filter((p) => p.dialect === 'network-policy-api' && p.kind !== 'ClusterNetworkPolicy');
  const taken = new Set(policies.filter((p) => p.dialect === 'network-policy-api' && p.kind !== 'BaselineAdminNetworkPolicy').map((p) => p.name));
  const results = older.map((policy) => migrateOne(policy, policy.kind === 'BaselineAdminNetworkPolicy' ? freeName(policy.name, taken) : policy.name));
  const diagnostics = results.flatMap((r) => r.diagnostics);
  if (results.some((r) => !r.ok)) return failed(diagnostics);
  return ok(
    results.flatMap((r) => (r.ok ? [r.value] : [])),
    diagnostics,
  );
}

/** The baseline policy and an admin policy may both be called `default`; in v1alpha2 they are of one kind. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}-baseline`;
  return free;
}

function migrateOne(policy: Policy, name: string): Result<Policy> {
  const { refuse, diagnostics } = new Refusals('ClusterNetworkPolicy v1alpha2');
  const rules = policy.rules.flatMap((rule) => splitRule(rule));
  for (const direction of ['ingress', 'egress'] as const) {
    const count = rules.filter((r) => r.direction === direction).length;
    if (count > most)
      refuse(policy.origin, `the ${count} ${direction} rules that it takes; ${most} are the most.`, 'Split the policy over free priorities by hand.');
  }
  const migrated: Policy = { ...policy, id: `ClusterNetworkPolicy ${name}`, kind: 'ClusterNetworkPolicy', name, rules };
  if (diagnostics.length > 0) return failed(diagnostics);
  const said = emit(migrated);
  return said.ok ? ok(migrated) : failed(said.diagnostics);
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
