import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const cluster = `
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]}
`;
const opening = (ip: string, protocols: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: opening, namespace: ml}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: ${ip}/32}}], ports: [${protocols}]}]}
`;
const both = '{protocol: UDP, port: 53}, {protocol: TCP, port: 53}';
const list = 'ml.svc.cluster.local, svc.cluster.local, cluster.local';
const found = (nameservers: string, searches: string, policies: readonly string[]) =>
  only(
    asked(job().replaceAll('{containers: [', `{dnsPolicy: None, dnsConfig: {nameservers: [${nameservers}], searches: [${searches}]}, containers: [`), [
      space,
      ...policies,
      ...(policies.includes(deny) ? [among('{protocol: TCP}')] : []),
    ]),
  );

test.each<readonly [string, string, readonly string[], Record<string, string>, boolean]>([
  ['the DNS of the cluster', '10.96.0.10', [deny, dns, cluster], { 'dns/10.96.0.10': 'open' }, true],
  ['the same, shut', '10.96.0.10', [deny, cluster], { 'dns/10.96.0.10': 'blocked' }, false],
  ['an address that may be it', '10.96.0.10', [deny, dns], { 'dns/10.96.0.10': 'unknown' }, false],
  ['the same under no policy', '10.96.0.10', [], { 'dns/10.96.0.10': 'open' }, true],
  ['a cache on the node, shut', '169.254.20.10', [deny, dns, cluster], { 'dns/169.254.20.10': 'blocked' }, false],
  ['a cache on the node', '169.254.20.10', [deny, opening('169.254.20.10', both)], { 'dns/169.254.20.10': 'open' }, true],
  [
    'the same over UDP alone',
    '169.254.20.10',
    [deny, opening('169.254.20.10', '{protocol: UDP, port: 53}')],
    { 'dns/169.254.20.10': 'open', 'dns/169.254.20.10/tcp': 'blocked' },
    true,
  ],
  ['a shut one first', '169.254.20.10, 10.96.0.10', [deny, dns, cluster], { 'dns/169.254.20.10': 'blocked', 'dns/10.96.0.10': 'open' }, true],
  ['a shut one last, which nobody asks', '10.96.0.10, 169.254.20.10', [deny, dns, cluster], { 'dns/10.96.0.10': 'open' }, true],
  ['one in the pod', '127.0.0.1', [], { 'dns/127.0.0.1': 'unknown' }, false],
])('pods with nameservers of their own ask these: %s', (_, nameservers, policies, wanted, runs) => {
  const one = found(nameservers, list, policies);
  expect(Object.fromEntries(Object.entries(statuses(one)).filter(([id]) => id.startsWith('dns')))).toEqual(wanted);
  expect(one.problems).toEqual([]);
  expect(wouldRun(one)).toBe(runs);
});

test.each<readonly [string, string, string, RegExp | null, boolean]>([
  ['all as in the cluster', '10.96.0.10', list, null, true],
  ['no search list', '10.96.0.10', '', /no search list with ml\.svc\.cluster\.local: short names/, false],
  ['a search list of another namespace', '10.96.0.10', 'prod.svc.cluster.local', /no search list with ml\.svc/, false],
  ['a nameserver outside', '8.8.8.8', list, /asks 8\.8\.8\.8, outside of the cluster, where no Service is known/, false],
  ['a nameserver of the company', '10.1.2.3', list, /none of which is the DNS of the cluster in the input/, false],
  ['no nameserver', '', list, /no nameserver in dnsConfig: the API server refuses its pods/, false],
])('pods with nameservers of their own find their peers where these know the cluster: %s', (_, nameservers, searches, told, runs) => {
  const one = found(nameservers, searches, [cluster]);
  expect(one.problems.map((f) => [f.check, told?.test(f.message)])).toEqual(told === null ? [] : Array(2).fill(['cluster-names-unresolved', true]));
  expect(wouldRun(one)).toBe(runs);
});
