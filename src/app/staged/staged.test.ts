import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';
import { freshDiagnostics, promote, stagedPolicies } from './promote.ts';

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: ml}
---
apiVersion: v1
kind: Pod
metadata: {name: train, namespace: ml, labels: {app: train}}
spec: {containers: [{name: c, image: train}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pay, namespace: prod, labels: {app: pay}}
spec: {containers: [{name: c, image: pay}]}
`;
const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ml}
  workloads: [{name: pretrain, selector: {app: train}}]
  protected: [{name: production, namespaces: [prod]}]
`;
const calico = (kind: string, name: string, spec: string, namespace = 'ml'): string => `
---
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}${kind.includes('Global') ? '' : `, namespace: ${namespace}`}}
spec: ${spec}
`;
const shut = '{selector: all(), types: [Egress]}';
const open = '{selector: all(), types: [Egress], egress: [{action: Allow}]}';

function ifPromoted(...policies: readonly string[]): (readonly [string, string, string, readonly string[]])[] {
  const profile = profileOf('calico');
  const { zones } = readZones([{ file: 'zone.yaml', text: zone }]);
  const { snapshot } = loadSnapshot([{ file: 'c.yaml', text: [cluster, ...policies].join('') }]);
  if (!profile.ok) throw new Error('no profile');
  const report = verify(snapshot, profile.value, zones, { promoted: true, strict: false });
  const statuses = new Map(report.zones.flatMap((z) => z.claims.map((c) => [c.id, c.status] as const)));
  const now = new Map(verify(snapshot, profile.value, zones).zones.flatMap((z) => z.claims.map((c) => [c.id, c.status] as const)));
  for (const c of report.staged?.claims ?? []) {
    expect(c.promoted).toBe(statuses.get(c.claim));
    expect(c.now).toBe(now.get(c.claim));
  }
  return (report.staged?.claims ?? []).filter((c) => c.claim.includes('production')).map((c) => [c.claim, c.now, c.promoted, c.because]);
}

describe('if promoted', () => {
  const claim = 'safety/protected-unreachable/production';

  test('a claim changes because of the policy that changes it alone', () => {
    expect(ifPromoted(calico('StagedNetworkPolicy', 'shut', shut), calico('StagedNetworkPolicy', 'other', shut, 'prod'))).toEqual([
      [claim, 'fails', 'holds', ['StagedNetworkPolicy ml/shut']],
    ]);
  });

  test('or because of those without which it would not', () => {
    // The open policy stands before the one that shuts; only with it gone does the other act.
    const staged = [
      calico('GlobalNetworkPolicy', 'before', open.replace('{', '{order: 1, ')),
      calico('StagedGlobalNetworkPolicy', 'before', '{stagedAction: Delete}'),
      calico('StagedNetworkPolicy', 'shut', shut),
    ];
    expect(ifPromoted(...staged)).toEqual([[claim, 'fails', 'holds', ['StagedGlobalNetworkPolicy before', 'StagedNetworkPolicy ml/shut']]]);
  });

  test('any of several does it', () => {
    expect(ifPromoted(calico('StagedNetworkPolicy', 'a', shut), calico('StagedNetworkPolicy', 'b', shut))).toEqual([
      [claim, 'fails', 'holds', ['StagedNetworkPolicy ml/a', 'StagedNetworkPolicy ml/b']],
    ]);
  });

  test('nothing changes without staged policies, or with those that are only to be learnt from', () => {
    expect(ifPromoted()).toEqual([[claim, 'fails', 'fails', []]]);
    expect(ifPromoted(calico('StagedNetworkPolicy', 'shut', shut.replace('{', '{stagedAction: Learn, ')))).toEqual([[claim, 'fails', 'fails', []]]);
  });

  test('a replaced policy is the staged one, from its own place', () => {
    const text = cluster + calico('NetworkPolicy', 'p', open) + calico('StagedNetworkPolicy', 'p', shut);
    const { snapshot } = loadSnapshot([{ file: 'c.yaml', text }]);
    expect(snapshot.policies.map((p) => [p.id, p.rules.length])).toEqual([['NetworkPolicy.projectcalico.org ml/p', 1]]);
    const after = promote(snapshot).snapshot;
    expect(after.policies.map((p) => [p.id, p.rules.length, p.origin.document.index])).toEqual([['NetworkPolicy.projectcalico.org ml/p', 0, 4]]);
    expect(promote(snapshot, []).snapshot.policies).toEqual(snapshot.policies);
    expect(stagedPolicies(after)).toEqual([]);
  });

  test('what was told of the staged policy is not told of its promotion again', () => {
    const text =
      calico('StagedNetworkPolicy', 'p', "{selector: 'x ='}") + calico('StagedKubernetesNetworkPolicy', 'q', '{podSelector: {}, ingress: [{from: 1}]}');
    const { snapshot, diagnostics } = loadSnapshot([{ file: 'c.yaml', text }]);
    const more = freshDiagnostics(diagnostics, promote(snapshot).diagnostics);
    expect(diagnostics.map((d) => d.origin?.path.join('.'))).toEqual(['spec.selector']);
    expect(more.map((d) => d.origin?.path.join('.'))).toEqual(['spec.ingress.0.from']);
  });
});
