import { expect, test } from 'vitest';
import { zoneIntents } from './intents.ts';
import { parseZone } from './parse.ts';
import { tenantReach } from './tenant.ts';

const zone = (data: string, platform = 'cni: cilium, cloud: aws, region: us-east-1'): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {${platform}}
  namespace: {name: ai-training}
  workloads:
  - name: pretrain
    selector: {app: pretrain}
    data:
    - {name: corpus, ${data}}
`;

test.each([
  ['path style of an access point', 's3: {bucket: my-data, style: path, accessPoint: {name: train, account: "111122223333"}}', ['no-path-style']],
  ['path style of a directory bucket', 's3: {bucket: ck--use1-az4--x-s3, style: path}', ['no-path-style']],
  ['a directory bucket behind the endpoint of S3', 's3: {bucket: ck--use1-az4--x-s3, interfaceEndpoint: vpce-1a2b3c4d-5e6f}', ['no-interface-endpoint']],
  ['a directory bucket that is written and not deleted', 's3: {bucket: ck--use1-az4--x-s3}, access: write-once', ['session-too-wide']],
  ['a prefix in a directory bucket', 's3: {bucket: ck--use1-az4--x-s3, prefix: runs/}', ['session-too-wide']],
  ['a prefix with a wildcard', "s3: {bucket: my-data, prefix: 'run*/'}", ['wildcard-in-prefix']],
  ['a prefix with a variable', "s3: {bucket: my-data, prefix: '${aws:username}/'}", ['wildcard-in-prefix']],
  [
    'a prefix with a wildcard in a store of the cluster',
    "objectStore: {namespace: s, selector: {app: minio}, port: 9000, bucket: b, prefix: 'a?/'}",
    ['wildcard-in-prefix'],
  ],
  ['a prefix with a dollar', "s3: {bucket: my-data, prefix: 'a$b/'}", []],
  ['a prefix of Google with a star, which is itself there', "gcs: {bucket: my-data, prefix: 'run*/'}", []],
  ['a prefix in a container of Azure', 'azureBlob: {account: acct, container: runs, prefix: r/}', ['prefix-not-held']],
  ['a container of Azure', 'azureBlob: {account: acct, container: runs}', []],
  ['a directory bucket as sessions are', 's3: {bucket: ck--use1-az4--x-s3}, access: rotate', []],
  ['dual stack at an interface endpoint', 's3: {bucket: my-data, dualStack: true, interfaceEndpoint: vpce-1a2b3c4d-5e6f}', ['switch-without-effect']],
  ['FIPS in China', 's3: {bucket: my-data, fips: true, region: cn-north-1}', ['no-fips-here']],
  ['FIPS in GovCloud', 's3: {bucket: my-data, fips: true, region: us-gov-west-1}', []],
  ['switches of Amazon at another store', 's3: {bucket: my-data, fips: true, dualStack: true, endpoint: s3.example.com}', ['endpoint-replaces']],
  ['dots in a bucket behind an access point', 's3: {bucket: my.data, accessPoint: {name: train, account: "111122223333"}}', []],
  ['an account as a number', 's3: {bucket: my-data, accessPoint: {name: train, account: 111122223333}}', ['wrong-type']],
  ['a mount that the process dials', 'mount: {filesystem: nfs, server: 10.0.0.4}', ['mount-is-not-dialled']],
  ['a mount by the node', 'mount: {filesystem: nfs, server: 10.0.0.4}, through: node', []],
  ['addresses of data that pods of Mountpoint fetch', 's3: {bucket: my-data}, through: csi-pod, cidrs: [10.1.0.0/28]', []],
  ['addresses of data that pods of some driver fetch', 'gcs: {bucket: my-data}, through: csi-pod, cidrs: [10.1.0.0/28]', ['cidrs-without-effect']],
  ['addresses of data that the node fetches', 's3: {bucket: my-data}, through: node, cidrs: [10.1.0.0/28]', ['cidrs-without-effect']],
  ['the control of another store', 's3: {bucket: my-data}, tenantControl: vpc-service-controls', ['control-of-another-store']],
  [
    'a control of a store in the cluster',
    'objectStore: {namespace: s, selector: {app: minio}, port: 9000}, tenantControl: proxy',
    ['control-of-another-store'],
  ],
  ['a mount and a bucket', 's3: {bucket: my-data}, mount: {filesystem: lustre, server: x}, through: node', ['several-locations']],
])('%s', (_name, data, wanted) => {
  expect(parseZone(zone(data), 'zone.yaml').diagnostics.map((one) => one.code)).toEqual(wanted);
});

test('OCI needs a region, for its names have one', () => {
  const data = 'oci: {namespace: axexample, bucket: corpus}';
  expect(parseZone(zone(data, 'cni: cilium, cloud: oci'), 'zone.yaml').diagnostics.map((one) => one.code)).toEqual(['region-missing']);
  expect(parseZone(zone(data, 'cni: cilium, cloud: oci, region: eu-frankfurt-1'), 'zone.yaml').diagnostics).toEqual([]);
});

/** What one data set asks of the network, and who decides whose data that is. */
function need(data: string, platform?: string) {
  const parsed = parseZone(zone(data, platform), 'zone.yaml');
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((one) => one.message).join('\n'));
  const found = zoneIntents(parsed.value).workloads[0]?.needs.find((one) => one.id === 'data/corpus');
  const dns = zoneIntents(parsed.value).workloads[0]?.names.flatMap((name) => (name.kind === 'exact' ? [name.name] : []));
  return { targets: found?.targets, tenant: found && tenantReach(found, parsed.value.zone.spec.platform.cni), dns };
}

test('the restricted addresses of Google are opened by address, and their name may be looked up', () => {
  const { targets, dns } = need('gcs: {bucket: my-data, vip: restricted}, tenantControl: vpc-service-controls', 'cni: cilium, cloud: gcp');
  expect(targets).toEqual([{ kind: 'addresses', cidrs: ['199.36.153.4/30', '2600:2d00:2:1000::/64'], except: [] }]);
  expect(dns).toEqual(['storage.googleapis.com']);
});

test('nothing is opened for data that somebody else fetches', () => {
  expect(need('s3: {bucket: my-data}, through: csi-pod').targets).toBeUndefined();
  expect(need('s3: {bucket: my-data}, through: sidecar').targets).toHaveLength(1);
});

test.each([
  ['s3: {bucket: my-data}', 'cni: cilium, region: us-east-1', 'the TLS server name, which is asked for'],
  ['s3: {bucket: my-data}', 'cni: eks, region: us-east-1', null],
  ['s3: {bucket: my-data}, tenantControl: endpoint-policy', 'cni: eks, region: us-east-1', 'the policy of the VPC endpoint, as the zone says'],
  ['s3: {bucket: my-data, style: path}', 'cni: cilium, region: us-east-1', null],
  ['gcs: {bucket: my-data}', 'cni: cilium', null],
  ['oci: {namespace: ax, bucket: b, api: shared}', 'cni: cilium, region: eu-frankfurt-1', null],
  ['objectStore: {namespace: s, selector: {app: minio}, port: 9000}', 'cni: cilium', 'the store in the cluster'],
])('whose data: %s under {%s}', (data, platform, decidedBy) => {
  expect(need(data, platform).tenant?.decidedBy).toBe(decidedBy);
});
