import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { ClaimAdvice } from '../../model/claim.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { plainModes } from '../modes.ts';
import { verify } from '../verify.ts';
import { withAdvice } from './advise-claims.ts';

const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: kubernetes, ranges: {pods: [10.244.0.0/16], nodes: [10.0.1.0/24]}}
  namespace: {name: ml, podSecurity: baseline}
  workloads:
  - name: pretrain
    selector: {app: train}
    data:
    - {name: features, access: read, objectStore: {namespace: storage, selector: {app: minio}, port: 9000}}
  protected:
  - {name: production, namespaces: [prod]}
`;

const deployment = (namespace: string, app: string, label = `app: ${app}`): string => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${app}, namespace: ${namespace}}
spec: {replicas: 2, selector: {matchLabels: {${label}}}, template: {metadata: {labels: {${label}}}, spec: {containers: [{name: c, image: i}]}}}
`;

const pods = [deployment('ml', 'train'), deployment('prod', 'pay'), deployment('storage', 'minio'), deployment('kube-system', 'dns', 'k8s-app: kube-dns')];

const policy = (namespace: string, name: string, spec: string): string => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;

const deny = policy('ml', 'deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}');
const peers = policy(
  'ml',
  'peers',
  '{podSelector: {matchLabels: {app: train}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {matchLabels: {app: train}}}], ports: [{protocol: TCP}]}], egress: [{to: [{podSelector: {matchLabels: {app: train}}}], ports: [{protocol: TCP}]}]}',
);

function advised(...policies: readonly string[]): ReadonlyMap<string, ClaimAdvice> {
  const { zones } = readZones([{ file: 'zone.yaml', text: zone }]);
  const { snapshot } = loadSnapshot([{ file: 'cluster.yaml', text: [...pods, ...policies].join('') }]);
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  const report = withAdvice(verify(snapshot, profile.value, zones), snapshot, profile.value, zones, plainModes);
  return new Map(report.zones.flatMap((z) => z.claims.flatMap((c) => (c.advice === undefined ? [] : [[c.id, c.advice] as const]))));
}

const edits = (advice: ClaimAdvice | undefined): unknown => advice?.proposals.map((p) => p.edits.map((e) => [e.how, e.policy]));

describe('advice for claims', () => {
  test('liveness gets policies for the whole port range, and for both ends where both are shut', () => {
    const found = advised(deny, policy('storage', 'shut', '{podSelector: {}, policyTypes: [Ingress]}'));
    const collectives = found.get('liveness/peers/pretrain');
    expect([collectives?.goal, collectives?.outcome, collectives?.breaks]).toEqual(['open', 'holds', []]);
    expect(edits(collectives)).toEqual([[['add', 'NetworkPolicy ml/llm-peers-pretrain']]]);
    expect(collectives?.proposals[0]?.edits[0]?.manifest).toContain('ports:\n        - protocol: TCP\n');
    expect(collectives?.proposals[0]?.also).toEqual([]);
    const data = found.get('liveness/data/features/pretrain');
    expect([data?.outcome, data?.proposals[0]?.also]).toEqual(['holds', []]);
    expect(edits(data)).toEqual([
      [
        ['add', 'NetworkPolicy ml/llm-data-features'],
        ['add', 'NetworkPolicy storage/ml-llm-data-features-in'],
      ],
    ]);
  });

  test('safety gets the edit that closes its packet, and hears what becomes of the claims', () => {
    const leak = policy(
      'ml',
      'leak',
      '{podSelector: {matchLabels: {app: train}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: prod}}}]}]}',
    );
    const advice = advised(deny, peers, leak).get('safety/protected-unreachable/production');
    expect([advice?.goal, advice?.outcome, advice?.breaks]).toEqual(['close', 'holds', []]);
    expect(edits(advice)).toEqual([[['remove', 'NetworkPolicy ml/leak']]]);
  });

  test('an edit that helps only in part and breaks what holds is no advice', () => {
    // Without any policy a packet to production is closed by isolating the trainer, which stops its own work; or by isolating pay, which breaks nothing.
    const advice = advised().get('safety/protected-unreachable/production');
    expect(edits(advice)).toEqual([[['add', 'NetworkPolicy prod/pay-deny-ingress']]]);
    const all = [...advised().values()].filter((a) => a.proposals.length > 0);
    expect(all.filter((a) => a.outcome !== 'holds' && a.breaks.length > 0)).toEqual([]);
  });

  test('claims that hold get none', () => {
    expect([...advised(deny, peers).keys()]).not.toContain('liveness/peers/pretrain');
  });
});
