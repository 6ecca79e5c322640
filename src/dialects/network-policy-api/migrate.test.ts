import { describe, expect, it } from 'vitest';
import type { Policy } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { migrate } from './migrate.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };

function policy(kind: 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy', name: string, spec: object): Policy {
  const apiVersion = 'policy.networking.k8s.io/v1alpha1';
  const result = read({ apiVersion, kind, namespace: null, name, body: { apiVersion, kind, metadata: { name }, spec }, origin });
  const [only] = result.ok ? result.value : [];
  if (only === undefined) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return only;
}

const subject = { namespaces: {} };
const everyone = [{ namespaces: {} }];
const admin = (spec: object, name = 'a'): Policy => policy('AdminNetworkPolicy', name, { priority: 5, subject, ...spec });
const baseline = (spec: object): Policy => policy('BaselineAdminNetworkPolicy', 'default', { subject, ...spec });

function migrated(...policies: Policy[]): unknown[] {
  const result = migrate(policies);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map((p) => {
    const said = emit(p);
    if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
    return said.value;
  });
}

describe('migration to v1alpha2', () => {
  it('keeps priority, subject, actions, peers and ports', () => {
    const ports = [
      { portNumber: { port: 80 } },
      { portRange: { protocol: 'UDP', start: 1, end: 9 } },
      { namedPort: 'http' },
      { portRange: { start: 22, end: 22 } },
    ];
    const [only] = migrated(
      admin({ ingress: [{ name: 'n', action: 'Pass', from: everyone, ports }], egress: [{ action: 'Allow', to: [{ networks: ['10.0.0.0/8'] }] }] }),
    );
    expect(only).toEqual({
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'a' },
      spec: {
        tier: 'Admin',
        priority: 5,
        subject: { namespaces: {} },
        ingress: [
          {
            action: 'Pass',
            from: everyone,
            protocols: [
              { tcp: { destinationPort: { number: 80 } } },
              { udp: { destinationPort: { range: { start: 1, end: 9 } } } },
              { destinationNamedPort: 'http' },
              { tcp: { destinationPort: { number: 22 } } },
            ],
          },
        ],
        egress: [{ action: 'Accept', to: [{ networks: ['10.0.0.0/8'] }] }],
      },
    });
  });

  it('puts the baseline policy last in its tier, and tells it from an admin policy of the same name', () => {
    const rules = { ingress: [{ action: 'Deny', from: everyone }] };
    const said = migrated(baseline(rules), admin(rules, 'default'));
    expect(said).toMatchObject([
      { metadata: { name: 'default-baseline' }, spec: { tier: 'Baseline', priority: 1000 } },
      { metadata: { name: 'default' }, spec: { tier: 'Admin', priority: 5 } },
    ]);
  });

  it('makes several rules in a row of one with more peers and ports than v1alpha2 takes', () => {
    const from = Array.from({ length: 60 }, (_, i) => ({ namespaces: { matchLabels: { n: `${i}` } } }));
    const ports = Array.from({ length: 30 }, (_, i) => ({ portNumber: { port: i + 1 } }));
    const result = migrate([admin({ ingress: [{ action: 'Deny', from, ports }] })]);
    const rules = result.ok ? (result.value[0]?.rules ?? []) : [];
    expect(rules.map((r) => [r.peers?.length, r.ports?.length])).toEqual([
      [25, 25],
      [25, 5],
      [25, 25],
      [25, 5],
      [10, 25],
      [10, 5],
    ]);
    const pairs = new Set(rules.flatMap((r) => (r.peers ?? []).flatMap((p) => (r.ports ?? []).map((q) => JSON.stringify([p, q])))));
    expect(pairs.size).toBe(60 * 30);
  });

  it('leaves out rules that match nothing', () => {
    const result = migrate([admin({ ingress: [{ action: 'Deny', from: everyone, ports: [{ portRange: { start: 9, end: 1 } }] }] })]);
    expect(result.ok && result.value[0]?.rules).toEqual([]);
  });

  const many = Array.from({ length: 60 }, (_, i) => ({ action: 'Deny', from: [{ namespaces: { matchLabels: { n: `${i}` } } }] }));
  const placed = (result: ReturnType<typeof migrate>): unknown =>
    result.ok && result.value.map((p) => [p.name, p.tier.id, p.order, ...['ingress', 'egress'].map((d) => p.rules.filter((r) => r.direction === d).length)]);

  it('makes several policies in a row of one with more rules than v1alpha2 takes', () => {
    const egress = [{ action: 'Pass', to: everyone }];
    expect(placed(migrate([admin({ ingress: many, egress }), admin({ priority: 8 }, 'a-2'), baseline({ ingress: many })]))).toEqual([
      ['a', 'admin', 5, 25, 1],
      ['a-2-more', 'admin', 6, 25, 0],
      ['a-3', 'admin', 7, 10, 0],
      ['a-2', 'admin', 8, 0, 0],
      ['default', 'baseline', 998, 25, 0],
      ['default-2', 'baseline', 999, 25, 0],
      ['default-3', 'baseline', 1000, 10, 0],
    ]);
  });

  it('refuses where other policies stand in between, and all of it when one policy does not fit', () => {
    const result = migrate([admin({ ingress: many }, 'big'), admin({ priority: 7 }, 'small'), admin({ priority: 999, egress: [], ingress: many }, 'last')]);
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map((d) => [d.code, /priorities .*/.exec(d.message)?.[0]])).toEqual([
      ['cannot-say', 'priorities 5 to 7: AdminNetworkPolicy small stands at 7.'],
      ['cannot-say', 'priorities 999 to 1001 are not there to split it over.'],
    ]);
    expect(migrate([admin({ ingress: many }, 'big'), admin({}, 'beside')]).ok).toBe(false);
  });

  it('refuses a rule that fails closed', () => {
    expect(migrate([admin({ ingress: [{ action: 'Deny', from: [{ clusterSets: {} }] }] })])).toMatchObject({
      ok: false,
      diagnostics: [{ message: expect.stringContaining('every peer') }],
    });
  });

  it('leaves other policies out and changes none that it is given', () => {
    const given = admin({ ingress: [{ action: 'Deny', from: everyone }] });
    const before = JSON.stringify(given);
    const first = migrate([given]);
    expect(first.ok && migrate(first.value)).toMatchObject({ ok: true, value: [] });
    expect(JSON.stringify(given)).toBe(before);
  });

  it('refuses what would need a name that is too long', () => {
    const rules = Array.from({ length: 26 }, (_, i) => ({ action: i % 2 === 0 ? 'Allow' : 'Deny', from: everyone }));
    const long = (length: number): Policy => admin({ ingress: rules }, 'a'.repeat(length));
    expect(migrate([long(251)]).ok).toBe(true);
    expect(migrate([long(252)]).diagnostics).toMatchObject([{ code: 'cannot-say', message: expect.stringMatching(/with "-2" at its end .* 254 characters/) }]);
  });
});
