import { expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { parseZone } from '../../spec/parse.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';

const zone = (data: string, cni = 'cilium@1.19', name = 'z'): LoadedZone => {
  const read = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: ${name}}
spec:
  platform: {cni: ${cni}, cloud: aws, region: us-east-1, account: "111122223333", ranges: {pods: [10.0.0.0/17]}}
  namespace: {name: ${name}}
  workloads:
  - {name: w, selector: {app: w}, framework: pytorch, identity: {serviceAccount: sa, podIdentity: {role: r}}, data: [${data}]}
`,
    'zone.yaml',
  );
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  return read.value;
};
const files = (loaded: LoadedZone): ReadonlyMap<string, string> => {
  const pack = compile(loaded);
  if (!pack.ok) throw new Error(pack.diagnostics.map((d) => d.message).join('\n'));
  return new Map(pack.value.files.map(({ path, text }) => [path, text]));
};
const corpus = '{name: corpus, s3: {bucket: my-corpus}, through: csi-pod}';

test('what pods of Mountpoint fetch is opened to them and not to training pods', () => {
  const pack = files(zone(corpus));
  expect(pack.get('52-driver-mount-s3.yaml')).toContain('my-corpus.s3.us-east-1.amazonaws.com');
  expect([...pack].filter(([path, text]) => path !== 'README.md' && !path.startsWith('52-') && /my-corpus\.s3\./.test(text))).toEqual([]);
  expect(pack.get('kustomization.yaml')).toContain('52-driver-mount-s3.yaml');
  expect(pack.get('README.md')).toContain('by pods of Mountpoint for S3 in namespace `mount-s3`');
});

test.each([
  ['the node', '{name: corpus, s3: {bucket: my-corpus}, through: node}', 'which no policy of a pod network governs: **none is made**'],
  ['a driver that is not known', '{name: corpus, gcs: {bucket: my-corpus}, through: csi-pod}', '**no policy is made for them**'],
])('for what %s fetches, no policy is made, and the pack says so', (_, data, says) => {
  const pack = files(zone(data));
  expect([...pack.keys()].filter((path) => /^5\d-/.test(path))).toEqual([]);
  expect(pack.get('README.md')).toContain(says);
});

test('a sidecar is in the pod: its data are opened to the pod', () => {
  const pack = files(zone('{name: corpus, gcs: {bucket: my-corpus}, through: sidecar}'));
  expect([...pack.keys()].filter((path) => /^5\d-/.test(path))).toEqual(['50-storage-w.yaml']);
});

test('a language that knows no names asks for addresses of what the driver fetches', () => {
  const refused = compile(zone(corpus, 'calico@3.32'));
  expect(refused.ok).toBe(false);
  expect(refused.diagnostics.map((d) => d.code)).toEqual(['names-need-addresses']);
});

test('two zones whose data are fetched in one namespace have their policies side by side, and every claim of both holds', () => {
  const zones = ['one', 'two'].map((name) => zone(corpus.replace('my-corpus', `corpus-${name}`), 'cilium@1.19', name));
  const dns = `apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec: {selector: {matchLabels: {k8s-app: kube-dns}}, template: {metadata: {labels: {k8s-app: kube-dns}}, spec: {containers: [{name: c, image: "c:1"}]}}}`;
  const applied = zones.flatMap((one, i) =>
    [...files(one)].filter(([path]) => /^\d\d-.*\.yaml$/.test(path)).map(([path, text]) => ({ file: `${i}/${path}`, text })),
  );
  const { snapshot } = loadSnapshot([...applied, { file: 'dns.yaml', text: dns }], { ranges: { pods: ['10.0.0.0/17'], nodes: [], services: [] } });
  const profile = profileOf('cilium@1.19');
  if (!profile.ok) throw new Error('no such profile');
  const report = verify(snapshot, profile.value, zones);
  const claims = report.zones.flatMap((z) => z.claims);
  expect(report.zones[0]?.notCovered.join()).toContain('pods of Mountpoint for S3 in mount-s3: what other policies let them reach');
  expect(claims.filter((c) => c.status !== 'holds').map((c) => [c.id, ...c.reasons])).toEqual([]);
  expect(claims.filter((c) => c.id === 'liveness/data/corpus/w/s3.csi.aws.com').map((c) => c.evidence[0])).toEqual(Array(2).fill('tried from 1 sorts of pod'));
});
