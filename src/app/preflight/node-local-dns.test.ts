import { expect, test } from 'vitest';
import { among, asked, deny, dns, job, only, space } from '../../../cases/support/asked-job.ts';

const cache = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: node-local-dns, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: node-local-dns}}
  template:
    metadata: {labels: {k8s-app: node-local-dns}}
    spec: {hostNetwork: true, dnsPolicy: Default, containers: [{name: c, image: cache, args: ["-localip", "169.254.20.10,10.96.0.10", "-conf", /etc/Corefile]}]}
`;
const opening = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: local, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{to: [{ipBlock: {cidr: 169.254.20.10/32}}, {ipBlock: {cidr: 10.96.0.10/32}}], ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}]
`;
const found = (...more: string[]) => only(asked(job(), [space, dns, among('{protocol: TCP}'), cache, ...more])).paths.find((p) => p.id === 'dns');

test('a cache on each node leaves DNS unknown where only the DNS pods are open, and its addresses are told', () => {
  expect(found(deny)).toMatchObject({ status: 'unknown' });
  expect(found(deny)?.reasons.join()).toContain('allow UDP and TCP 53 to 169.254.20.10 and 10.96.0.10');
});

test('it is no fault where its addresses are open', () => {
  expect(found(deny, opening)?.status).toBe('open');
});
