import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { addingPolicy } from '../../model/network-policy-syntax.ts';
import type { Policy, PortMatch, Rule } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { readMatch } from './fqdn.ts';

/**
 * Lowers a FQDNNetworkPolicy. It isolates egress of the pods that it selects, and adds up with NetworkPolicies.
 * Source: gke-networking-api apis/fqdnnetworkpolicy/v1alpha1/types.go.
 */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, diagnostics);
  const version = object.apiVersion.split('/')[1] ?? '';
  if (version !== 'v1alpha1')
    body
      .field('apiVersion')
      .error(
        'unknown-version',
        `FQDNNetworkPolicy has no version ${shown(version)} in GKE; expected v1alpha1.`,
        version === 'v1alpha3' ? 'v1alpha3 belongs to an archived project with another schema.' : undefined,
      );
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], { podSelector: 'Put podSelector under spec.', egress: 'Put egress under spec.' });
  const spec = body.field('spec');
  body.required('spec');
  const isSpec = spec.object(['podSelector', 'egress'], {
    ingress: 'FQDNNetworkPolicy is about egress only.',
    policyTypes: 'FQDNNetworkPolicy is about egress only.',
  });
  if (isSpec) for (const field of ['podSelector', 'egress']) spec.required(field);
  const pods = readSelector(spec.field('podSelector'));
  const rules = filled(spec.field('egress'), 'rule').flatMap((rule) => readRule(rule) ?? []);
  return finish(diagnostics, () => [addingPolicy(object, 'gke', { pods, isolates: { ingress: false, egress: true }, rules })]);
}

function readRule(rule: Reader): Rule | undefined {
  if (rule.absent) rule.error('wrong-type', 'A rule is nothing; expected matches.');
  if (!rule.object(['matches', 'ports'], { to: 'Write matches: [{name: …}].', name: 'Write matches: [{name: …}].' })) return undefined;
  rule.required('matches');
  const names = filled(rule.field('matches'), 'match').flatMap((match) => readMatch(match) ?? []);
  const ports = rule.field('ports').each();
  return {
    direction: 'egress',
    action: 'allow',
    peers: [{ kind: 'names', names, withoutDnsRule: true }],
    ports: ports.length === 0 ? null : ports.flatMap((port) => readPort(port) ?? []),
    application: null,
    origin: rule.origin,
  };
}

/** Protocol left out is ALL, as the API server fills it in; so is a port. */
function readPort(item: Reader): PortMatch | undefined {
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected an object.');
  if (!item.object(['protocol', 'port'], { endPort: 'FQDNNetworkPolicy has no port ranges.' })) return undefined;
  const protocol = item.has('protocol') ? item.field('protocol').oneOf(['TCP', 'UDP', 'ALL']) : 'ALL';
  const field = item.field('port');
  const port = field.absent ? null : field.integer(1, 65535);
  if (protocol === undefined || port === undefined) return undefined;
  return { protocol: protocol === 'ALL' ? 'ANY' : protocol, port, endPort: null };
}

/** A list that may not be empty. */
function filled(field: Reader, what: string): readonly Reader[] {
  const items = field.each();
  if (field.kind === 'a list' && items.length === 0) field.error('too-few', `The list is empty; expected one ${what} or more.`);
  return items;
}
