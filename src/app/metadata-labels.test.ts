import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { seenBy } from '../engine/seen-by.ts';
import { endpointText } from '../report/party-text.ts';
import { diff } from './diff/diff.ts';
import { loadSnapshot } from './load.ts';
import { placesOf } from './places.ts';
import { readQueryFiles, runQueries } from './queries/run.ts';

const trainer =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: trainer, namespace: ml, labels: {app: trainer}}\nspec: {containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.1}]}\n';
const cluster = (egress: string): string =>
  `${trainer}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [${egress}]}\n`;
const found = profileOf('calico');
if (!found.ok) throw new Error('no profile');
const calico = found.value;
const snapshotOf = (text: string) => loadSnapshot([{ file: 'c.yaml', text }]).snapshot;

describe.each([
  ['fd00:ec2::254', '::/0'],
  ['169.254.169.254', '0.0.0.0/0'],
])('the metadata service at %s is no part of the internet', (address, everything) => {
  const open = cluster(`{to: [{ipBlock: {cidr: "${everything}"}}]}`);

  test('in queries', () => {
    const text = `apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries: [{name: q, must-not-reach: {from: {workload: ml/trainer}, to: {cidr: "${everything}"}}}]\n`;
    const { files } = readQueryFiles([{ file: 'q.yaml', text }]);
    const answered = runQueries(snapshotOf(open), calico, { files, zones: [], useless: new Set(), strict: false });
    const shown = answered.ok ? answered.value.zones.flatMap((z) => z.claims.flatMap((c) => c.counterexamples)) : [];
    const internet = shown.filter((e) => e.story.includes('the internet')).map(({ packet }) => packet.to);
    expect(internet).toHaveLength(1);
    expect(internet).not.toContainEqual({ kind: 'address', ip: address });
    expect(shown.map((e) => e.story)).toContainEqual(expect.stringContaining(`the metadata service (${address})`));
  });

  test('in a diff, whole and alone', () => {
    const side = (title: string, text: string) => ({ title, ...seenBy(snapshotOf(text), calico) });
    const gained = (egress: string) => diff(side('before', cluster('')), side('after', cluster(egress))).changes.map((c) => c.to.summary);
    expect(gained(`{to: [{ipBlock: {cidr: "${everything}"}}]}`)).toEqual([expect.stringMatching(/the internet .* and the metadata service/)]);
    const bits = address.includes(':') ? 128 : 32;
    expect(gained(`{to: [{ipBlock: {cidr: "${address}/${bits}"}}]}`)).toEqual([`the metadata service (${address})`]);
  });

  test('in an explanation, and as the end of a packet', () => {
    const places = placesOf(snapshotOf(open), calico, address, 'to');
    expect(places.ok ? places.value.map((p) => p.title) : []).toEqual([`${address} (the metadata service)`]);
    expect(endpointText({ kind: 'address', ip: address })).toBe(`${address} (the metadata service)`);
  });
});

test('another spelling of the address is the same service', () => {
  expect(endpointText({ kind: 'address', ip: 'fd00:0ec2:0:0::0254' })).toContain('the metadata service');
  expect(endpointText({ kind: 'address', ip: 'fd00:ec2::253' })).toBe('fd00:ec2::253');
});
