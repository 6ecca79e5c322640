import { describe, expect, test } from 'vitest';
import { ciliumPolicy, networkPolicy, readWorld, trainTo } from '../../../cases/support/claims.ts';
import { layer7Fault } from './layer7.ts';

function fault(...egress: readonly string[]): 'refused' | 'unclear' | null {
  const policies = egress.map((rule, i) =>
    rule.startsWith('apiVersion') ? rule : ciliumPolicy(`p${i}`, `{endpointSelector: {matchLabels: {app: train}}, egress: [${rule}]}`),
  );
  const { snapshot } = readWorld({ objects: policies, profile: 'cilium' });
  const train = snapshot.workloads.find((w) => w.name === 'train');
  if (train === undefined) throw new Error('no workload');
  return layer7Fault(snapshot, train, 'data.example.com', 443)?.kind ?? null;
}

const to = (name: string, ports: string): string => `{toFQDNs: [{matchName: ${name}}], toPorts: [${ports}]}`;
const named = (servers: string, port = 443): string => to('data.example.com', `{ports: [{port: "${port}", protocol: TCP}], serverNames: [${servers}]}`);
const http = to('data.example.com', '{ports: [{port: "443", protocol: TCP}], rules: {http: [{method: GET}]}}');
const plain = to('data.example.com', '{ports: [{port: "443", protocol: TCP}]}');

describe('layer 7', () => {
  test.each<readonly [string, readonly string[], 'refused' | 'unclear' | null]>([
    ['no rule on it at all', [], null],
    ['a rule without layer 7', [plain], null],
    ['the server name itself', [named('data.example.com')], null],
    ['the server name in capitals', [named('Data.Example.com')], null],
    ['another server name', [named('other.example.com')], 'refused'],
    ['one of two', [named('other.example.com, data.example.com')], null],
    ['one star for one label', [named('"*.example.com"')], null],
    ['one star is not two labels', [named('"*.com"')], 'refused'],
    ['two stars are any labels', [named('"**.com"')], null],
    ['two stars are at least one label', [named('"**.data.example.com"')], 'refused'],
    ['a star inside the server name', [named('"da*a.example.com"')], null],
    ['a star that stays inside its label', [named('"d*.com"')], 'refused'],
    ['HTTP rules', [http], 'unclear'],
    ['HTTP rules beside another server name', [http, named('other.example.com')], 'unclear'],
    ['HTTP rules beside the server name', [http, named('data.example.com')], null],
    ['another server name beside a rule without layer 7', [named('other.example.com'), plain], null],
    ['another server name, on another port', [named('other.example.com', 8443)], null],
    ['another server name, for another host', [to('elsewhere.example.com', '{ports: [{port: "443", protocol: TCP}], serverNames: [x.example.com]}')], null],
    [
      'a block that may hold the address, beside another server name',
      [named('other.example.com'), networkPolicy('block', trainTo('{ipBlock: {cidr: 8.8.8.0/24}}', '{port: 443}'))],
      null,
    ],
    [
      'pods, which are not the host, beside another server name',
      [named('other.example.com'), networkPolicy('pods', trainTo('{namespaceSelector: {}}', '{port: 443}'))],
      'refused',
    ],
    ['ingress says nothing about it', [networkPolicy('in', '{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}'), named('other.example.com')], 'refused'],
    [
      'a policy on other pods says nothing about it',
      [networkPolicy('all', '{podSelector: {matchLabels: {app: debug}}, policyTypes: [Egress], egress: [{}]}'), named('other.example.com')],
      'refused',
    ],
  ])('%s', (_, rules, wanted) => {
    expect(fault(...rules)).toBe(wanted);
  });
});
