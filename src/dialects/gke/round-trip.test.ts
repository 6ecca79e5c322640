import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, type PortMatch, type Rule, tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { nameMatch } from './fqdn.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const name = fc.constantFrom('data.example.com', 'single', '*.example.com', 'a*b.example.com', '*').map(nameMatch);
const port: fc.Arbitrary<PortMatch> = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'ANY' as const),
  port: fc.constantFrom(null, 1, 443, 65535),
  endPort: fc.constant(null),
});
const rule: fc.Arbitrary<Rule> = fc
  .record({ names: fc.array(name, { minLength: 1, maxLength: 3 }), ports: fc.option(fc.array(port, { minLength: 1, maxLength: 3 })) })
  .map(({ names, ports }) => ({
    direction: 'egress',
    action: 'allow',
    peers: [{ kind: 'names', names, withoutDnsRule: true }],
    ports,
    application: null,
    origin,
  }));
const policy: fc.Arbitrary<Policy> = fc.array(rule, { minLength: 1, maxLength: 3 }).map((rules) => ({
  id: 'FQDNNetworkPolicy ml/p',
  dialect: 'gke',
  kind: 'FQDNNetworkPolicy',
  namespace: 'ml',
  name: 'p',
  tier: tiers.normal,
  order: 0,
  evaluation: 'deny-wins',
  subject: {
    kind: 'pods',
    match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [{ key: 'app', operator: 'In', values: ['web'] }] }, serviceAccounts: null },
  },
  isolates: { ingress: false, egress: true },
  rules,
  origin,
}));

const plain = ({ origin: _, rules, ...rest }: Policy): unknown => ({ ...rest, rules: rules.map(({ origin: __, ...r }) => r) });

describe('FQDNNetworkPolicy', () => {
  it('reads back as it was said', () => {
    fc.assert(
      fc.property(policy, (p) => {
        const said = emit(p);
        if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
        const body = JSON.parse(JSON.stringify(said.value));
        const result = read({ apiVersion: 'networking.gke.io/v1alpha1', kind: 'FQDNNetworkPolicy', namespace: 'ml', name: 'p', body, origin });
        expect(result.ok && result.value.map(plain)).toEqual([plain(p)]);
      }),
    );
  });

  const [base] = fc.sample(policy, { numRuns: 1, seed: 3 });
  const allow = base?.rules[0] as Rule;
  const withRule = (change: Partial<Rule>): Partial<Policy> => ({ rules: [{ ...allow, ...change }] });
  const onPort = (change: Partial<PortMatch>): Partial<Policy> => withRule({ ports: [{ protocol: 'TCP', port: 443, endPort: null, ...change }] });
  const rows: readonly (readonly [string, Partial<Policy>, string])[] = [
    ['another language', { dialect: 'kubernetes' }, 'a policy of kind'],
    ['tiers', { tier: tiers.admin }, 'tiers'],
    ['isolation of ingress', { isolates: { ingress: true, egress: true } }, 'isolation of egress'],
    ['the whole cluster', { namespace: null }, 'the whole cluster'],
    ['no rules', { rules: [] }, 'a policy without rules'],
    ['ingress', withRule({ direction: 'ingress' }), 'egress rules that allow'],
    ['deny', withRule({ action: 'deny' }), 'egress rules that allow'],
    ['other peers', withRule({ peers: [{ kind: 'cidr', cidr: '10.0.0.0/8', except: [] }] }), 'one list of names'],
    ['every peer', withRule({ peers: null }), 'one list of names'],
    ['no names', withRule({ peers: [{ kind: 'names', names: [] }] }), 'an empty list of names'],
    [
      'any depth',
      withRule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '**.a.com', source: '^(?:[-a-z0-9_]+[.])+a[.]com$' }] }] }),
      'a star stays inside one label',
    ],
    ['SCTP alone', onPort({ protocol: 'SCTP' }), 'the protocol SCTP alone'],
    ['port names', onPort({ port: 'https' }), 'the port name'],
    ['ranges', onPort({ endPort: 450 }), 'the range 443 to 450'],
    ['no port', withRule({ ports: [] }), 'matches no port'],
  ];
  it.each(rows)('refuses %s', (_name, change, message) => {
    if (base === undefined) throw new Error('no sample');
    const said = emit({ ...base, ...change });
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => d.message).join('\n')).toContain(message);
  });
});
