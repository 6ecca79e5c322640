import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import { everything } from '../../model/labels.ts';
import type { Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { readDnsName } from './names.ts';
import { doubtOf, firewallName, firewallTier, mostRules, outsideBlock } from './shape.ts';

const destinations = ['cidrSelector', 'dnsName', 'nodeSelector'] as const;

/**
 * Lowers an EgressFirewall: the first rule that matches settles; Allow goes on to the other policies, Deny ends. It isolates nothing, and is about all
 * pods of its namespace. Source: ovn-kubernetes go-controller/pkg/crd/egressfirewall/v1/types.go, pkg/ovn/controller/egressfirewall/egressfirewall.go.
 */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const namespace = object.namespace ?? 'default';
  const body = new Reader(object.body, object.origin, diagnostics);
  const version = object.apiVersion.split('/')[1] ?? '';
  if (version !== 'v1') body.field('apiVersion').error('unknown-version', `EgressFirewall has no version ${shown(version)}; expected v1.`);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], { egress: 'Put egress under spec.' });
  if (object.name !== firewallName)
    body
      .field('metadata')
      .field('name')
      .error(
        'bad-name',
        `The EgressFirewall of a namespace is called ${shown(object.name)}; OVN-Kubernetes takes none but "${firewallName}".`,
        `Call it ${firewallName}.`,
      );
  const spec = body.field('spec');
  body.required('spec');
  if (spec.object(['egress'], { ingress: 'EgressFirewall is about egress only.', podSelector: 'EgressFirewall is about all pods of its namespace.' }))
    spec.required('egress');
  const items = spec.field('egress').each();
  if (items.length > mostRules) spec.field('egress').error('too-many', `egress has ${items.length} rules; OVN-Kubernetes takes ${mostRules} at most.`);
  const read = items.flatMap((rule) => readRule(rule) ?? []);
  const peers = read.flatMap((rule) => rule.peers ?? []);
  const rules = read.map((rule) => inDoubt(rule, peers));
  return finish(diagnostics, () => [
    {
      id: `EgressFirewall ${namespace}/${object.name}`,
      dialect: 'ovn-kubernetes',
      kind: 'EgressFirewall',
      namespace,
      name: object.name,
      tier: firewallTier,
      order: 0,
      evaluation: 'first-match',
      subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: everything, serviceAccounts: null } },
      isolates: { ingress: false, egress: false },
      rules,
      origin: object.origin,
    },
  ]);
}

function readRule(rule: Reader): Rule | undefined {
  if (rule.absent) rule.error('wrong-type', 'A rule is nothing; expected type and to.');
  if (!rule.object(['type', 'to', 'ports'], { action: 'Write type: Allow, or type: Deny.' })) return undefined;
  rule.required('type');
  rule.required('to');
  const type = rule.field('type').oneOf(['Allow', 'Deny']);
  const peer = rule.has('to') ? readDestination(rule.field('to')) : undefined;
  const ports = rule.field('ports').each();
  const listed = ports.flatMap((port) => readPort(port) ?? []);
  if (type === undefined || peer === undefined) return undefined;
  return {
    direction: 'egress',
    action: type === 'Allow' ? 'pass' : 'deny',
    peers: [peer],
    ports: ports.length === 0 ? null : listed,
    application: null,
    origin: rule.origin,
  };
}

function inDoubt(rule: Rule, peers: readonly Peer[]): Rule {
  const [own] = rule.peers ?? [];
  const condition = own === undefined ? undefined : doubtOf(rule.action, own, peers);
  return condition === undefined ? rule : { ...rule, condition };
}

/** Exactly one of the three. Source: the MinProperties and MaxProperties of EgressFirewallDestination. */
function readDestination(to: Reader): Peer | undefined {
  if (!to.object(destinations, { cidr: 'Write cidrSelector.', ipBlock: 'Write cidrSelector.', name: 'Write dnsName.' })) return undefined;
  const there = destinations.filter((d) => to.has(d));
  if (there.length !== 1) {
    to.error('one-of', `to has ${there.length === 0 ? 'none' : there.length} of cidrSelector, dnsName and nodeSelector; expected exactly one.`);
    return undefined;
  }
  switch (there[0]) {
    case 'cidrSelector': {
      const cidr = readCidr(to.field('cidrSelector'));
      return cidr === undefined ? undefined : outsideBlock(cidr.text);
    }
    case 'dnsName': {
      const name = readDnsName(to.field('dnsName'));
      return name === undefined ? undefined : { kind: 'names', names: [name], withoutDnsRule: true };
    }
    default:
      return { kind: 'nodes', selector: readSelector(to.field('nodeSelector')) };
  }
}

/** Both fields are required. */
function readPort(item: Reader): PortMatch | undefined {
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected protocol and port.');
  if (!item.object(['protocol', 'port'], { endPort: 'EgressFirewall has no port ranges.' })) return undefined;
  item.required('protocol');
  item.required('port');
  const protocol = item.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']);
  const port = item.field('port').integer(1, 65535);
  return protocol === undefined || port === undefined ? undefined : { protocol, port, endPort: null };
}
