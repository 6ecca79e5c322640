import { describe, expect, test } from 'vitest';
import { asked, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { profileOf } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { loadSnapshot } from '../load.ts';

const policy = (kind: string, name: string, spec: string, namespace = 'ml'): string => `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}${kind === 'NetworkPolicy' ? `, namespace: ${namespace}` : ''}}
spec: {${spec}}
`;
const tier = 'apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: platform}\nspec: {order: 10}\n';
const noDns = '{action: Deny, protocol: UDP, destination: {ports: [53]}}, {action: Deny, protocol: TCP, destination: {ports: [53]}}, {action: Allow}';
const here = "selector: projectcalico.org/namespace == 'ml'";

test.each<[string, readonly string[], readonly string[]]>([
  ['a rule of the namespace against DNS', [policy('NetworkPolicy', 'default.no-dns', `order: 100, types: [Egress], egress: [${noDns}]`)], ['order: 99']],
  [
    'rules at both ends',
    [
      policy('NetworkPolicy', 'default.no-dns', `order: 100, selector: "app != 'x'", types: [Egress], egress: [${noDns}]`),
      policy(
        'NetworkPolicy',
        'in',
        "order: 7, types: [Ingress], ingress: [{action: Deny, source: {namespaceSelector: projectcalico.org/name == 'ml'}}]",
        'kube-system',
      ),
    ],
    ['order: 99', 'order: 6'],
  ],
  [
    'one policy for UDP and another for TCP',
    [
      policy('NetworkPolicy', 'tcp', 'order: 100, types: [Egress], egress: [{action: Deny, protocol: TCP, destination: {ports: [53]}}, {action: Allow}]'),
      policy('NetworkPolicy', 'udp', 'order: 50, types: [Egress], egress: [{action: Deny, protocol: UDP, destination: {ports: [53]}}, {action: Pass}]'),
    ],
    ['order: 49'],
  ],
  ['a GlobalNetworkPolicy', [policy('GlobalNetworkPolicy', 'default.no-dns', `order: 100, ${here}, types: [Egress], egress: [${noDns}]`)], ['order: 99']],
  [
    'a GlobalNetworkPolicy against all',
    [policy('GlobalNetworkPolicy', 'all', `order: 500, ${here}, types: [Ingress, Egress], ingress: [{action: Deny}], egress: [{action: Deny}]`)],
    ['order: 499', 'order: 499.5'],
  ],
  [
    'a GlobalNetworkPolicy in a tier of its own',
    [
      tier,
      policy(
        'GlobalNetworkPolicy',
        'platform.ports',
        `tier: platform, order: 500, ${here}, types: [Ingress], ingress: [{action: Deny, protocol: TCP, destination: {ports: [23456, "1024:65535"]}}, {action: Pass}]`,
      ),
    ],
    ['order: 499'],
  ],
])('before what denies in the order of Calico stands what opens, for the job alone: %s', (_, policies, orders) => {
  const found = only(asked(job(), [space, ...policies], 'calico@3.32'));
  expect(wouldRun(found)).toBe(false);
  const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
  const text = manifests.join('---\n');
  expect(text.match(/order: .*/g)).toEqual(orders);
  expect(text).not.toContain('GlobalNetworkPolicy');
  expect(new Set(text.match(/\n {2}selector: .*/g))).toEqual(
    new Set(["\n  selector: training.kubeflow.org/job-name == 'llm'", ...(text.includes('kube-system\nspec') ? ["\n  selector: k8s-app == 'kube-dns'"] : [])]),
  );
  const after = only(asked(job(), [space, ...policies, ...manifests], 'calico@3.32'));
  expect(Object.values(statuses(after))).toEqual(Object.keys(statuses(found)).map(() => 'open'));
  expect(found.patch?.also.filter((line) => !line.startsWith('goes before'))).toEqual([]);
  // What `udp` passes on never comes to `tcp`.
  const named = (found.patch?.also ?? [])
    .filter((line) => line.startsWith('goes before'))
    .flatMap((line) => /^goes before \S+ (\S+) .* overrides its denial of /.exec(line)?.[1] ?? []);
  expect(named.map((n) => n.replace(/^.*\//, '')).sort()).toEqual(
    [...policies.join('').matchAll(/kind: \w*Policy\nmetadata: \{name: ([\w.-]+)/g)].flatMap(([, name]) => (name === 'tcp' ? [] : [name])).sort(),
  );
  expect(found.patch?.also.filter((line) => line.includes('whole cluster')).length).toBe(policies.join('').includes('kind: Global') ? 1 : 0);
  if (policies.includes(tier)) expect(text).toContain('name: platform.llm-');
});

test('an address that the job asks for is no other change', () => {
  const shut = policy(
    'GlobalNetworkPolicy',
    'all',
    `order: 500, ${here}, types: [Egress], egress: [{action: Deny, protocol: TCP, destination: {nets: [10.0.0.0/8]}}, {action: Allow}]`,
  );
  const found = only(asked(job(', {name: DB, value: "postgres://10.9.8.7:5432/x"}'), [space, shut], 'calico@3.32'));
  expect(found.patch?.opens).toContain('named/10.9.8.7:5432');
  expect(found.patch?.also.join('\n')).not.toMatch(/opens .* to 10\.9\.8\.7\/32/);
});

describe('a patch says what it overrides, and opens no more than was shut', () => {
  const guard = policy(
    'NetworkPolicy',
    'guard',
    'order: 100, selector: all(), types: [Ingress], ingress: [{action: Deny, protocol: TCP, destination: {ports: ["1024:65535"]}}, {action: Allow}]',
  );
  const out = policy(
    'NetworkPolicy',
    'out',
    `order: 200, selector: all(), types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {selector: "training.kubeflow.org/job-name == 'llm'", ports: ["32768:60999"]}}, {action: Allow, protocol: UDP}, {action: Allow, protocol: TCP, destination: {ports: [53]}}, {action: Deny}]`,
  );
  const ssh = policy(
    'NetworkPolicy',
    'no-ssh',
    'order: 300, selector: all(), types: [Ingress], ingress: [{action: Deny, protocol: TCP, destination: {ports: [22]}}, {action: Allow}]',
  );
  const patched = (policies: readonly string[], profile: string) => {
    const found = only(asked(job(), [space, ...policies], profile));
    const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
    expect(wouldRun(only(asked(job(), [space, ...policies, ...manifests], profile)))).toBe(true);
    return { also: found.patch?.also, text: manifests.join('---\n') };
  };

  test('a policy of the namespace is named with what it denied, in its direction alone', () => {
    const { also, text } = patched([guard, out], 'calico@3.32');
    expect(also).toEqual([
      'goes before NetworkPolicy.projectcalico.org ml/guard (order 100, tier default) and overrides its denial of TCP 23456,32768-60999',
      'goes before NetworkPolicy.projectcalico.org ml/out (order 200, tier default) and overrides its denial of TCP 23456',
    ]);
    // What leaves at the ports that the kernel picks was open already.
    expect(text.match(/egress:[\s\S]*/)?.[0]).toMatch(/ports:\n {10}- 23456\n$/);
    expect(text.match(/egress:/g)?.length).toBe(1);
  });

  test('so is one that denies what the new one opens besides', () => {
    expect(patched([guard.replace(', {action: Allow}', ''), ssh], 'calico@3.32').also).toContain(
      'goes before NetworkPolicy.projectcalico.org ml/no-ssh (order 300, tier default) and overrides its denial of TCP 22',
    );
  });

  test('a store is opened at the pod that holds it', () => {
    const range = 'toPorts: [{ports: [{port: "32768", endPort: 60999, protocol: TCP}]}]';
    const guide = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: guide, namespace: ml}
spec:
  endpointSelector: {}
  ingress: [{fromEndpoints: [{}], ${range}}]
  egress: [{toEndpoints: [{}], ${range}}, {toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system}}], toPorts: [{ports: [{port: "53", protocol: ANY}]}]}]
`;
    const { also, text } = patched([guide], 'cilium@1.19');
    expect(also).toEqual([]);
    const after = loadSnapshot([{ file: 'a.yaml', text: [space, guide, text, job()].join('\n---\n') }]).snapshot;
    const profile = profileOf('cilium@1.19');
    if (!profile.ok) throw new Error('no profile');
    const to = (role: string): boolean => {
      const [from, end] = ['worker', role].map((r) => ({ kind: 'workload' as const, id: `PyTorchJob/ml/llm/${r}` }));
      return from !== undefined && end !== undefined && reach(after, profile.value).between(from, end).allowed.has('TCP', 23456);
    };
    expect([to('master'), to('worker')]).toEqual([true, false]);
  });
});
