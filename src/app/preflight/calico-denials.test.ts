import { expect, test } from 'vitest';
import { asked, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

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
  expect(found.patch?.also.filter((line) => line.startsWith('goes before')).length).toBe(policies.join('').includes('kind: Global') ? 1 : 0);
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
