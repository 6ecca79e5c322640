import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, type PortMatch, type Rule, tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const port: fc.Arbitrary<PortMatch> = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(null, 1, 443, 'http'), endPort: fc.constant(null) }),
  fc.constant<PortMatch>({ protocol: 'TCP', port: 80, endPort: 90 }),
);
const rule: fc.Arbitrary<Rule> = fc
  .record({ direction: fc.constantFrom('ingress' as const, 'egress' as const), ports: fc.option(fc.array(port, { minLength: 1, maxLength: 2 })) })
  .map(({ direction, ports }) => ({ direction, action: 'allow', peers: [{ kind: 'cidr', cidr: '10.0.0.0/8', except: [] }], ports, application: null, origin }));
const policy: fc.Arbitrary<Policy> = fc
  .record({ rules: fc.array(rule, { maxLength: 3 }), networks: fc.uniqueArray(fc.constantFrom('ml/rail-0', 'ml/rail-1', 'other/net'), { minLength: 1 }) })
  .map(({ rules, networks }) => ({
    id: 'MultiNetworkPolicy ml/p',
    dialect: 'multi-network-policy',
    kind: 'MultiNetworkPolicy',
    namespace: 'ml',
    name: 'p',
    networks,
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: null } },
    isolates: { ingress: true, egress: true },
    rules: [...rules.filter((r) => r.direction === 'ingress'), ...rules.filter((r) => r.direction === 'egress')],
    origin,
  }));

const plain = ({ origin: _, rules, ...rest }: Policy): unknown => ({ ...rest, rules: rules.map(({ origin: __, ...r }) => r) });

describe('MultiNetworkPolicy', () => {
  it('reads back as it was said', () => {
    fc.assert(
      fc.property(policy, (p) => {
        const said = emit(p);
        if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
        const body = JSON.parse(JSON.stringify(said.value));
        const result = read({ apiVersion: body.apiVersion, kind: 'MultiNetworkPolicy', namespace: 'ml', name: 'p', body, origin });
        expect(result.ok && result.value.map(plain)).toEqual([plain(p)]);
      }),
    );
  });

  const [base] = fc.sample(policy, { numRuns: 1, seed: 3 });
  it.each([
    ['another language', { dialect: 'kubernetes' } as const, 'a policy of kind'],
    ['the pod network', { networks: [] }, 'the pod network'],
    ['tiers', { tier: tiers.admin }, 'no tiers'],
  ])('refuses %s', (_name, change, message) => {
    if (base === undefined) throw new Error('no sample');
    const said = emit({ ...base, ...change });
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => d.message).join('\n')).toContain(message);
  });
});
