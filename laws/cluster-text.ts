import { accountsNamed } from '../src/model/account-match.ts';
import { selectorText } from '../src/model/labels.ts';
import { namespacesText } from '../src/model/namespace-match.ts';
import type { Peer, PodMatch, Policy, Rule } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';

/** A cluster in as few lines as will do, for the person who reads a counterexample. */
export function clusterText(snapshot: Snapshot): string {
  const lines = [
    ...[...snapshot.namespaces.values()].map((n) => `namespace ${n.name}${n.origin === null ? ' (implied)' : ''} ${JSON.stringify(n.labels)}`),
    ...snapshot.workloads.map((w) => {
      const more = [
        ...w.perPodLabels.map((l) => `indexed from ${l.start}`),
        w.hostNetwork ? 'hostNetwork' : '',
        w.lifecycle === 'running' ? '' : w.lifecycle,
        w.node === null ? '' : `on ${w.node}`,
        w.ips.join(','),
        w.serviceAccount,
      ];
      const ports = w.ports.map((p) => `${p.name}=${p.port}/${p.protocol}`).join(',');
      return `${w.id} x${w.replicas} ${JSON.stringify(w.labels)} ${[...more, ports].filter((t) => t !== '').join(' ')}`;
    }),
    ...snapshot.nodes.map((n) => `node ${n.name}${n.origin === null ? ' (implied)' : ''} ${JSON.stringify(n.labels)} ${n.addresses.join(',')}`),
    ...snapshot.services.map((s) => `service ${s.namespace}/${s.name} ${s.selector === null ? 'without selector' : selectorText(s.selector)}`),
    ...snapshot.policies.flatMap(policyLines),
    `ranges ${JSON.stringify(snapshot.ranges)}`,
  ];
  return `\n${lines.join('\n')}\n`;
}

function policyLines(p: Policy): string[] {
  const subject = p.subject.kind === 'nodes' ? `nodes ${p.subject.node ?? ''} ${selectorText(p.subject.selector)}` : podsText(p.subject.match);
  return [
    `${p.id} on ${subject} isolates ${p.isolates.ingress ? 'ingress ' : ''}${p.isolates.egress ? 'egress' : ''}`,
    ...p.rules.map((r) => `  ${ruleText(r)}`),
  ];
}

function ruleText(r: Rule): string {
  const ports =
    r.ports === null ? 'any port' : `[${r.ports.map((p) => `${p.protocol}/${p.port ?? '*'}${p.endPort === null ? '' : `-${p.endPort}`}`).join(', ')}]`;
  const application = r.application === null ? '' : ` ${JSON.stringify(r.application)}`;
  return `${r.action} ${r.direction} ${r.peers === null ? 'any peer' : `[${r.peers.map(peerText).join(', ')}]`} ${ports}${application}`;
}

function peerText(peer: Peer): string {
  switch (peer.kind) {
    case 'pods':
      return podsText(peer.match);
    case 'cidr':
      return `${peer.cidr}${peer.except.map((e) => ` except ${e}`).join('')}`;
    case 'nodes':
      return `nodes ${selectorText(peer.selector)}`;
    case 'names':
      return `names ${peer.names.map((n) => (n.kind === 'exact' ? n.name : n.text)).join(' ')}`;
    case 'entity':
      return peer.entity;
    case 'services':
      return `service ${peer.namespace ?? '*'}/${peer.name ?? '*'}`;
    case 'all-of':
      return `all of (${peer.peers.map(peerText).join('; ')})`;
    case 'not':
      return `not ${peerText(peer.peer)}`;
    case 'unknown':
      return 'unknown';
  }
}

function podsText(match: PodMatch): string {
  const where = namespacesText(match.namespaces);
  return `pods(${where}; ${selectorText(match.pods)}${match.serviceAccounts === null ? '' : `; as ${'otherThan' in match.serviceAccounts ? 'none of ' : ''}${accountsNamed(match.serviceAccounts).join('|')}`})`;
}
