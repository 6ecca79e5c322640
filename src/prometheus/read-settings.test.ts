import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { unknownSettings } from '../model/alerting.ts';

const settings = (text: string) => loadSnapshot([{ file: 'a.yaml', text }]).snapshot.alerting.settings;
const rules = (text: string) => loadSnapshot([{ file: 'a.yaml', text }]).snapshot.alerting.rules;

test('Helm values of Cilium turn metrics on', () => {
  const read = settings('hubble: {metrics: {enabled: [dns, "drop:labelsContext=source_namespace"]}}\nprometheus: {enabled: true}');
  expect([...(read.hubble?.keys() ?? [])]).toEqual(['dns', 'drop']);
  expect(read.hubble?.get('drop')?.labels).toEqual(['source_namespace']);
  expect(read.ciliumAgent).toBe(true);
});

test('and off', () => {
  expect(settings('hubble: {enabled: false, metrics: {enabled: [drop]}}').hubble?.size).toBe(0);
  expect(settings('hubble: {relay: {enabled: true}}')).toMatchObject({ ciliumAgent: false });
  expect(settings('replicas: 2')).toEqual(unknownSettings);
});

test('so does the text of --set, and the dynamic configuration', () => {
  expect(settings('hubble: {metrics: {enabled: "{dns,drop:labelsContext=source_pod\\\\,source_namespace}"}}').hubble?.get('drop')?.labels).toEqual([
    'source_pod',
    'source_namespace',
  ]);
  const dynamic = settings(
    'hubble: {metrics: {dynamic: {enabled: true, config: {content: [{name: drop, contextOptions: [{name: labelsContext, values: [source_namespace, traffic_direction]}, {name: destinationContext, values: [dns, ip]}]}]}}}}',
  );
  expect(dynamic.hubble?.get('drop')).toMatchObject({ labels: ['source_namespace', 'traffic_direction'], destination: ['dns', 'ip'] });
});

test('what runs in the cluster counts as well', () => {
  const read = settings(`apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {hubble-metrics: "dns drop:labelsContext=source_namespace", prometheus-serve-addr: ":9962"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ksm, namespace: monitoring}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "registry.example.com/kube-state-metrics:v2", args: ["--metric-labels-allowlist=namespaces=[team,example.com/zone],pods=[*]"]}]}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec: {selector: {matchLabels: {a: c}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: aws-eks-nodeagent, image: agent, args: ["--enable-policy-event-logs=true"]}]}}}
`);
  expect([...(read.hubble?.keys() ?? [])]).toEqual(['dns', 'drop']);
  expect(read.ciliumAgent).toBe(true);
  expect(read.stateLabels).toEqual(
    new Map([
      ['namespaces', ['team', 'example.com/zone']],
      ['pods', ['*']],
    ]),
  );
  expect(read.eksEventLogs).toBe(true);
});

test('rules are read from objects and from plain files, each at its place', () => {
  const read = rules(`apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: r, namespace: monitoring}
spec: {groups: [{name: g, rules: [{alert: A, expr: up == 0, labels: {severity: warning}}, {record: b, expr: 1}]}]}
---
groups:
- name: h
  rules:
  - {alert: C, expr: up}
  - {alert: 7, expr: up}
  - {alert: D}
`);
  expect(read.map((r) => [r.name, r.kind, r.expr, r.object, r.origin.path])).toEqual([
    ['A', 'alert', 'up == 0', 'monitoring/r', ['spec', 'groups', 0, 'rules', 0]],
    ['b', 'recording', '1', 'monitoring/r', ['spec', 'groups', 0, 'rules', 1]],
    ['C', 'alert', 'up', null, ['groups', 0, 'rules', 0]],
  ]);
});

test('an object of rules is no unread kind', () => {
  const { snapshot, diagnostics } = loadSnapshot([
    { file: 'a.yaml', text: 'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec: {groups: x}\n' },
  ]);
  expect([snapshot.unread.size, diagnostics]).toEqual([0, []]);
});
