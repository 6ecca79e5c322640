import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { seenBy } from '../../engine/seen-by.ts';
import { CoverageCount } from '../../flows/coverage.ts';
import { type FlowEnd, noEnd, type ObservedFlow } from '../../model/observed-flow.ts';
import { parseZone } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { checkFlows } from './check.ts';
import { FlowGroups } from './flow-groups.ts';
import { Judge } from './judge.ts';
import { ObservedPods } from './observed-pods.ts';
import { replayFlows } from './replay.ts';
import { suggestRulesFor } from './suggest.ts';

const policies = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: to-store, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Egress]
  egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: store}}}], ports: [{port: 9000}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: idle, namespace: ml}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 1.1.1.1/32}}]}]}
`;
const pods = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: train, namespace: ml}
spec: {replicas: 3, template: {metadata: {labels: {app: train}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: store-0, namespace: data, labels: {app: store}}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.0.0.9}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {kubernetes.io/metadata.name: data}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ml, labels: {kubernetes.io/metadata.name: ml}}
`;

const train: FlowEnd = { ...noEnd, kind: 'pod', namespace: 'ml', pod: 'train-1', workload: 'train', labels: 'app=train', ip: '10.0.0.1', port: 40_000 };
const store: FlowEnd = { ...noEnd, kind: 'pod', namespace: 'data', pod: 'store-0', labels: 'app=store', ip: '10.0.0.9', port: 9000 };
const outside: FlowEnd = { ...noEnd, kind: 'outside', ip: '8.8.8.8', port: 443 };

function flow(over: Partial<ObservedFlow>): ObservedFlow {
  return {
    ...{
      format: 'hubble',
      timeNs: 1n,
      durationNs: 0,
      source: train,
      destination: store,
      protocol: 'TCP',
      verdict: 'forwarded',
      reason: '',
      direction: 'egress',
    },
    ...{ isReply: false, knowsInitiator: true, bytesSent: 0, bytesReceived: 0, hasBytes: false, connections: 1, isLayer7: false, dnsQuery: '', dnsTypes: '' },
    ...{ dnsCode: '', service: '', policies: '', node: 'n', cluster: '' },
    ...over,
  };
}

function judgedFlows(flows: readonly ObservedFlow[], manifests: string) {
  const groups = new FlowGroups();
  const count = new CoverageCount(0n);
  for (const one of flows) {
    groups.add(one);
    count.add(one);
  }
  const { snapshot } = loadSnapshot([{ file: 'f.yaml', text: manifests }]);
  const found = profileOf('cilium@1.19');
  if (!found.ok) throw new Error('no profile');
  const known = new ObservedPods(snapshot, groups.ends, 'flows');
  const seen = seenBy(known.snapshot, found.value);
  return { groups, judge: new Judge(known, seen.snapshot, seen.profile), coverage: count.done(), made: known.made };
}

const denied: Partial<ObservedFlow> = { verdict: 'dropped', reason: 'POLICY_DENIED' };

describe.each([
  ['with the pods', `${policies}---${pods}`],
  ['by the labels of the flows alone', policies],
])('flows held against policies, %s', (_, manifests) => {
  test.each<[string, Partial<ObservedFlow>, string | null]>([
    ['passed as allowed', {}, null],
    ['passed on another port', { destination: { ...store, port: 22 } }, 'forwarded-though-denied'],
    ['passed to outside', { destination: outside }, 'forwarded-though-denied'],
    ['dropped as denied', { ...denied, destination: outside }, 'dropped-as-stated'],
    ['dropped though allowed', denied, 'dropped-though-allowed'],
    ['dropped by the network', { verdict: 'dropped', reason: 'CT_MAP_INSERTION_FAILED' }, null],
    ['dropped by a security group', { verdict: 'dropped', reason: 'REJECT', format: 'aws-vpc', direction: '' }, null],
    ['audited', { verdict: 'audit', destination: outside }, 'passed-in-audit-mode'],
    ['a trace point', { verdict: 'unknown', destination: outside }, null],
    ['to a pod that takes nothing, seen leaving', { source: { ...store, port: 40_000 }, destination: { ...train, port: 80 } }, null],
    [
      'to a pod that takes nothing, seen arriving',
      { source: { ...store, port: 40_000 }, destination: { ...train, port: 80 }, direction: 'ingress' },
      'forwarded-though-denied',
    ],
  ])('%s', (_what, over, rule) => {
    const { groups, judge, coverage, made } = judgedFlows([flow(over)], manifests);
    expect(checkFlows(groups, judge, coverage, made).findings.map((f) => f.check)).toEqual(rule === null ? [] : [rule]);
  });

  test('a drop by default deny names the policy, which the record does not', () => {
    const { groups, judge, coverage, made } = judgedFlows([flow({ ...denied, destination: outside })], manifests);
    const [finding] = checkFlows(groups, judge, coverage, made).findings;
    expect(finding?.message).toMatch(/by NetworkPolicy ml\/deny \(egress\).*the record names no policy/);
    expect(finding?.primary?.document.file).toBe('f.yaml');
  });

  test('replay tells what is cut, what is opened and what nothing needed', () => {
    const flows = [flow({}), flow({ destination: outside }), flow({ ...denied, destination: store })];
    const { groups, judge, coverage, made } = judgedFlows(flows, manifests);
    const report = replayFlows(groups, judge, coverage, made);
    expect(report.findings.map((f) => f.check).sort()).toEqual(['rule-not-used', 'would-be-cut', 'would-be-opened']);
    expect(report.findings.find((f) => f.check === 'rule-not-used')?.subjects).toEqual(['NetworkPolicy ml/idle']);
  });

  test('a suggested policy lets the flow through when it is applied, and drops justify one only when asked', () => {
    const flows = [flow({ destination: outside }), flow({ ...denied, destination: { ...store, port: 5432 } })];
    const { groups, judge, coverage } = judgedFlows(flows, manifests);
    const [finding, ...others] = suggestRulesFor(groups, judge, coverage, { zones: [], dropped: false }).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ check: 'rule-missing', subjects: ['ml/train', '8.8.8.8'] });
    const after = judgedFlows(flows, `${manifests}---\n${finding?.patch}`);
    expect(checkFlows(after.groups, after.judge, after.coverage, after.made).findings.map((f) => f.check)).toEqual(['dropped-as-stated']);
    expect(suggestRulesFor(groups, judge, coverage, { zones: [], dropped: true }).findings[0]?.subjects).toEqual(['ml/train', '8.8.8.8', 'data/store']);
  });

  test('the metadata service is never opened', () => {
    const { groups, judge, coverage } = judgedFlows([flow({ destination: { ...outside, ip: '169.254.169.254', port: 80 } })], manifests);
    expect(suggestRulesFor(groups, judge, coverage, { zones: [], dropped: false }).findings.map((f) => [f.check, f.patch])).toEqual([
      ['rule-refused', undefined],
    ]);
  });

  test('what a zone protects is never opened', () => {
    const zone = parseZone(
      `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19}
  namespace: {name: ml}
  workloads: [{name: train, selector: {app: train}}]
  protected: [{name: data, namespaces: {kubernetes.io/metadata.name: data}}]
`,
      'zone.yaml',
    );
    if (!zone.ok) throw new Error(JSON.stringify(zone.diagnostics));
    const only = manifests
      .split('---\n')
      .filter((document) => !document.includes('to-store'))
      .join('---\n');
    const { groups, judge, coverage } = judgedFlows([flow({ destination: { ...store, port: 5432 } })], only);
    const [finding] = suggestRulesFor(groups, judge, coverage, { zones: [zone.value], dropped: false }).findings;
    expect(finding).toMatchObject({ check: 'rule-refused' });
    expect(finding?.message).toMatch(/would break z: safety\//);
  });

  test('what the matrix says is what the definition says', () => {
    const ends = [train, { ...train, pod: 'train-2', ip: '10.0.0.2' }, store, outside, { ...outside, ip: '1.1.1.1' }];
    const flows = ends.flatMap((source) =>
      ends.flatMap((destination) => [22, 443, 9000].map((port) => flow({ source, destination: { ...destination, port } }))),
    );
    const { groups, judge } = judgedFlows(flows, manifests);
    let compared = 0;
    for (const group of groups.groups())
      for (const port of group.ports.keys()) {
        const judgement = judge.judge(group, port, null);
        const decision = judge.explain(group, port)?.verdict.decision;
        if (judgement === 'untold' || group.from.pod === group.to.pod) continue;
        compared++;
        expect([group.from.pod, group.to.pod, group.to.ip, port, judgement]).toEqual([group.from.pod, group.to.pod, group.to.ip, port, decision]);
      }
    expect(compared).toBeGreaterThan(30);
  });
});

test('a pod of which nobody knows anything cannot be told, and is counted', () => {
  const ghost: FlowEnd = { ...noEnd, kind: 'pod', namespace: 'ml', pod: 'ghost' };
  const { groups, judge, coverage, made } = judgedFlows([flow({ source: ghost, destination: outside })], policies);
  const report = checkFlows(groups, judge, coverage, made);
  expect(report.findings).toEqual([]);
  expect(report.cannotTell).toContainEqual(
    expect.objectContaining({ what: 'flows with pods that no manifest has and whose labels the flows do not say', count: 1 }),
  );
});

test('labels that contradict the manifests are another pod', () => {
  const relabelled = { ...train, labels: 'app=other' };
  const { groups, judge, coverage, made } = judgedFlows([flow({ source: relabelled })], `${policies}---${pods}`);
  expect(checkFlows(groups, judge, coverage, made).findings.map((f) => f.check)).toEqual(['forwarded-though-denied']);
});
