import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything } from '../../model/labels.ts';
import { type Peer, type Policy, type PortMatch, type Rule, tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { nameMatch } from './names.ts';
import { read } from './read.ts';
import { doubtOf, firewallTier, outsideBlock } from './shape.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', 'fd00::/8').map(outsideBlock),
  fc.constantFrom('data.example.com', 'single', '*.example.com').map((n): Peer => ({ kind: 'names', names: [nameMatch(n)], withoutDnsRule: true })),
  fc.constantFrom<Peer>(
    { kind: 'nodes', selector: everything },
    { kind: 'nodes', selector: { requirements: [{ key: 'role', operator: 'In', values: ['gpu'] }] } },
  ),
);
const port: fc.Arbitrary<PortMatch> = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
  port: fc.constantFrom(1, 443, 65535),
  endPort: fc.constant(null),
});
const rule = fc.record({
  action: fc.constantFrom('pass' as const, 'deny' as const),
  peer,
  ports: fc.option(fc.array(port, { minLength: 1, maxLength: 3 })),
});
const policy: fc.Arbitrary<Policy> = fc.array(rule, { maxLength: 4 }).map((items) => ({
  id: 'EgressFirewall ml/default',
  dialect: 'ovn-kubernetes',
  kind: 'EgressFirewall',
  namespace: 'ml',
  name: 'default',
  tier: firewallTier,
  order: 0,
  evaluation: 'first-match',
  subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: everything, serviceAccounts: null } },
  isolates: { ingress: false, egress: false },
  rules: items.map(({ action, peer: own, ports }): Rule => {
    const all = items.map((i) => i.peer);
    const condition = doubtOf(action, own, all);
    return { direction: 'egress', action, peers: [own], ports, application: null, ...(condition === undefined ? {} : { condition }), origin };
  }),
  origin,
}));

const plain = ({ origin: _, rules, ...rest }: Policy): unknown => ({ ...rest, rules: rules.map(({ origin: __, ...r }) => r) });

describe('EgressFirewall', () => {
  it('reads back as it was said', () => {
    fc.assert(
      fc.property(policy, (p) => {
        const said = emit(p);
        if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
        const body = JSON.parse(JSON.stringify(said.value));
        const result = read({ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', namespace: 'ml', name: 'default', body, origin });
        expect(result.ok && result.value.map(plain)).toEqual([plain(p)]);
      }),
    );
  });

  const allow: Rule = { direction: 'egress', action: 'pass', peers: [outsideBlock('10.0.0.0/8')], ports: null, application: null, origin };
  const [sample] = fc.sample(policy, { numRuns: 1, seed: 3 });
  if (sample === undefined) throw new Error('no sample');
  const base: Policy = { ...sample, rules: [allow] };
  const withRule = (change: Partial<Rule>): Partial<Policy> => ({ rules: [{ ...allow, ...change }] });
  const onPort = (change: Partial<PortMatch>): Partial<Policy> => withRule({ ports: [{ protocol: 'TCP', port: 443, endPort: null, ...change }] });
  const rows: readonly (readonly [string, Partial<Policy>, string])[] = [
    ['another language', { dialect: 'kubernetes' }, 'a policy of kind'],
    ['other tiers', { tier: tiers.admin }, 'another place'],
    ['isolation', { isolates: { ingress: false, egress: true } }, 'isolation'],
    ['the whole cluster', { namespace: null }, 'the whole cluster'],
    ['another name', { name: 'mine' }, 'the name "mine"'],
    [
      'some pods',
      {
        subject: {
          kind: 'pods',
          match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [{ key: 'a', operator: 'Exists', values: [] }] }, serviceAccounts: null },
        },
      },
      'any subject but all pods',
    ],
    ['ingress', withRule({ direction: 'ingress' }), 'ingress rules'],
    ['a final allow', withRule({ action: 'allow' }), 'settles what is allowed'],
    ['a block that holds pods', withRule({ peers: [{ kind: 'cidr', cidr: '10.0.0.0/8', except: [] }] }), 'a destination other than'],
    ['every peer', withRule({ peers: null }), 'any number of destinations'],
    ['two destinations', withRule({ peers: [outsideBlock('10.0.0.0/8'), outsideBlock('11.0.0.0/8')] }), 'any number of destinations'],
    [
      'any depth',
      withRule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '*.a.com', source: '^.*[.]a[.]com$' }] }] }),
      'a destination other than',
    ],
    ['a condition', withRule({ condition: 'the source port is 53' }), 'another condition'],
    ['ANY protocol', onPort({ protocol: 'ANY' }), 'the protocol ANY'],
    ['port names', onPort({ port: 'https' }), 'the port name'],
    ['protocols alone', onPort({ port: null }), 'a protocol without a port'],
    ['ranges', onPort({ endPort: 450 }), 'the range 443 to 450'],
    ['no port', withRule({ ports: [] }), 'matches no port'],
  ];
  it.each(rows)('refuses %s', (_name, change, message) => {
    const said = emit({ ...base, ...change });
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => d.message).join('\n')).toContain(message);
  });
});

describe('a star', () => {
  const matches = (text: string, name: string): boolean => {
    const match = nameMatch(text);
    return match.kind === 'pattern' && new RegExp(match.source).test(name);
  };
  it.each([
    ['*.example.com', 'sub1.example.com', true],
    ['*.example.com', 'sub2.sub1.example.com', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.Example.com.', 'a.example.com', true],
    ['*.example.com', 'a.examplexcom', false],
  ])('%s against %s: %s', (text, name, expected) => {
    expect(matches(text, name)).toBe(expected);
  });
});
