import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { arbitraryCluster } from '../../../laws/arbitrary-cluster.ts';
import { arbitraryClusterPolicy } from '../../../laws/arbitrary-cluster-policy.ts';
import { trials } from '../../../laws/runs.ts';
import { profileOf } from '../../engine/profiles.ts';
import type { Policy } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import { difference } from '../diff/difference.ts';
import { loadSnapshot } from '../load.ts';
import { everybody } from './everybody.ts';
import { migration } from './migration.ts';

function reading(): Profile {
  const found = profileOf('kube-network-policies');
  if (!found.ok) throw new Error('no profile');
  return found.value;
}

const banp = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
`;
const anp = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: default
  labels: {team: net}
  annotations: {why: because, kubectl.kubernetes.io/last-applied-configuration: "{}"}
spec:
  priority: 0
  subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}
  ingress:
  - {name: from-ml, action: Pass, from: [{namespaces: {matchLabels: {team: ml}}}], ports: [{portRange: {start: 80, end: 80}}]}
  - {name: the-rest, action: Deny, from: [{namespaces: {}}]}
  egress:
  - {action: Allow, to: [{nodes: {matchLabels: {gpu: 'yes'}}}, {domainNames: ['*.example.com']}, {networks: [10.0.0.0/8]}]}
`;

function migrated(text: string): ReturnType<typeof migration> {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'p.yaml', text }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return migration(snapshot, reading());
}

describe('a migration', () => {
  test('keeps metadata and names of rules, and is proven without any pod', () => {
    const result = migrated([anp, banp].join('---'));
    if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join());
    const { policies, difference: found, left, sorts } = result.value;
    expect(found.changes).toEqual([]);
    expect(left).toEqual([]);
    expect(sorts).toBeGreaterThan(3);
    expect(policies.map((p) => [p.from, p.name, p.tier, p.priority])).toEqual([
      ['AdminNetworkPolicy default', 'default', 'admin', 0],
      ['BaselineAdminNetworkPolicy default', 'default-baseline', 'baseline', 1000],
    ]);
    expect(load(policies[0]?.text ?? '')).toMatchObject({
      metadata: { name: 'default', labels: { team: 'net' }, annotations: { why: 'because' } },
      spec: {
        ingress: [
          { name: 'from-ml', action: 'Pass', protocols: [{ tcp: { destinationPort: { number: 80 } } }] },
          { name: 'the-rest', action: 'Deny' },
        ],
        egress: [{ action: 'Accept' }],
      },
    });
    expect(policies[0]?.text).not.toContain('last-applied');
  });

  test('is refused where v1alpha2 cannot say it', () => {
    const result = migrated(anp.replace('{namespaces: {matchLabels: {team: ml}}}', '{clusterSets: {}}'));
    expect(result.ok).toBe(false);
  });

  test('sees a change for a sort of pod that nobody has yet', () => {
    const { snapshot } = loadSnapshot([{ file: 'p.yaml', text: anp }]);
    const whole = everybody(snapshot).snapshot;
    const changed = { ...whole, policies: whole.policies.map((p) => ({ ...p, rules: p.rules.filter((r) => r.action !== 'pass') })) };
    const profile = reading();
    expect(difference({ snapshot: whole, profile }, { snapshot: changed, profile }).rectangles.length).toBeGreaterThan(0);
    expect(difference({ snapshot, profile }, { snapshot: { ...snapshot, policies: changed.policies }, profile }).rectangles).toEqual([]);
  });

  test('makes up no namespace that is there, nor one that a cell does not describe', () => {
    const only = anp.replace('namespaceSelector: {}', 'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml, team: ml}}');
    const there = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n';
    const names = (text: string): string[] => [...everybody(loadSnapshot([{ file: 'p.yaml', text }]).snapshot).snapshot.namespaces.keys()];
    expect(names([there, only].join('---\n')).filter((n) => n.startsWith('ml'))).toEqual(['ml']);
    expect(names(only)).toContain('ml');
    expect(names(only)).not.toContain('ml-x');
  });

  test('compares no more pods to come than it says', () => {
    const namespaces = Array.from({ length: 40 }, (_, i) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: n${i}}\n`);
    const peers = Array.from({ length: 7 }, (_, i) => `{pods: {namespaceSelector: {}, podSelector: {matchLabels: {l${i}: 'yes'}}}}`);
    const many = `
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: many}
spec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [${peers.join(', ')}]}]}
`;
    const { sorts, left } = everybody(loadSnapshot([{ file: 'p.yaml', text: [...namespaces, many].join('---\n') }]).snapshot);
    // The last split of a namespace's sorts may at most double what is left.
    expect(sorts).toBeGreaterThan(1400);
    expect(sorts).toBeLessThanOrEqual(1500 + 128);
    expect(left.length).toBeGreaterThan(0);
  });

  test('of any policies is proven or refused', () => {
    let proven = 0;
    fc.assert(
      fc.property(arbitraryCluster({ cilium: false, maxPolicies: 2 }), fc.tuple(...[0, 1, 2].map(arbitraryClusterPolicy)), (cluster, made) => {
        const older = made.map((p, i): Policy => {
          const [kind, name] = p.tier.id === 'admin' ? ['AdminNetworkPolicy', p.name] : ['BaselineAdminNetworkPolicy', `default-${i}`];
          // What v1alpha1 cannot say either is mostly left out: it would be refused each time.
          const rules = p.rules.filter((r, n) => n > 2 || (r.peers !== null && !r.ports?.some((q) => typeof q.port === 'string')));
          return { ...p, rules, id: `${kind} ${name}`, kind: kind ?? '', name: name ?? '', origin: { document: { file: 'p.yaml', index: i }, path: [] } };
        });
        const result = migration({ ...cluster, policies: [...cluster.policies, ...older] }, reading());
        if (!result.ok) {
          expect(result.diagnostics.map((d) => d.code)).toContain('cannot-say');
          return;
        }
        proven++;
        expect(result.value.difference.changes).toEqual([]);
        expect(result.value.policies.length).toBeGreaterThanOrEqual(older.length);
      }),
      trials(20),
    );
    expect(proven).toBeGreaterThan(5);
  });
});
