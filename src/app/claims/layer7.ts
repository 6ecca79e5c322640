import { nameMatch } from '../../dialects/cilium/fqdn.ts';
import { directoryOf } from '../../engine/directory.ts';
import { coversPort, matchesName, matchPods } from '../../engine/match.ts';
import type { Rule } from '../../model/policy.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';

/**
 * What layer-7 conditions make of a host that layers 3 and 4 let through on TCP `port`: null when some rule lets it pass, else why none does.
 * `refused`: every rule names other TLS servers. `unclear`: every rule filters on something else that a zone does not tell (HTTP).
 */
export function layer7Fault(
  snapshot: Snapshot,
  workload: Workload,
  host: string,
  port: number,
): { readonly kind: 'refused' | 'unclear'; readonly text: string } | null {
  const rules = directoryOf(snapshot)
    .policiesFor([workload.namespace])
    .filter((p) => p.subject.kind === 'pods' && matchPods(snapshot, p.subject.match, workload, workload.labels).is === 'yes')
    .flatMap((p) => p.rules)
    .filter((r) => r.direction === 'egress' && r.action === 'allow' && coversPort(r.ports, 'TCP', port) && admits(r, host));
  if (rules.length === 0 || rules.some((r) => passes(r, host) === true)) return null;
  const unclear = rules.some((r) => passes(r, host) === null);
  const names = [...new Set(rules.flatMap((r) => r.application?.serverNames ?? []))];
  return unclear
    ? { kind: 'unclear', text: `every rule that admits ${host} filters on layer 7, which the zone does not describe` }
    : { kind: 'refused', text: `the rule that admits ${host} lets only the TLS server name${names.length === 1 ? '' : 's'} ${names.join(', ')} through` };
}

/** Layers 3 and 4 alone, and generously: a rule that does not name the host may still hold its address. */
function admits(rule: Rule, host: string): boolean {
  return (
    rule.peers === null || rule.peers.some((p) => (p.kind === 'names' ? p.names.some((n) => matchesName(n, host)) : p.kind === 'entity' || p.kind === 'cidr'))
  );
}

/** Stars in server names mean what they mean in patterns of names. Source: cilium 1.20 pkg/policy/api/l4.go ServerName. */
function passes({ application }: Rule, host: string): boolean | null {
  if (application === null) return true;
  if (application.serverNames !== null) return application.serverNames.some((name) => matchesName(nameMatch(name), host));
  return application.otherL7 ? null : true;
}
