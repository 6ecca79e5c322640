import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLine } from '../../cases/support/command-line.ts';
import { twoHostTopology, twoHostZone } from '../../cases/support/two-host-fabric.ts';

const zone = twoHostZone('pkey: 0x10');
const manager = 'sminfo: sm lid 9 sm guid 0xa, activity count 3 priority 0 state 3 SMINFO_MASTER\n';
const good = '# partitions\nDefault=0x7fff : ALL=limited, SELF=full ;\nT=0x10, indx0 : 0x11=full ;\nP=0x20 : 0x21=full ;\n';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-fabric-'));
  writeFileSync(join(cwd, 'z.yaml'), zone);
  writeFileSync(join(cwd, 'topology.txt'), twoHostTopology + manager);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test.each<[string, string | Uint8Array, number, string]>([
  ['as it should be', good, 0, 'the zones are kept apart'],
  ['with a byte order mark before its first comment', `\ufeff${good}`, 1, 'OpenSM refuses the partition file'],
  ['with a byte order mark before its first partition', `\ufeff${good.slice(good.indexOf('\n') + 1)}`, 0, 'the zones are kept apart'],
  ['in UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), 1, 'OpenSM refuses the partition file'],
  ['that is empty', '', 1, 'flat fabric'],
])('a partition file %s', async (_, text, code, says) => {
  writeFileSync(join(cwd, 'any.name'), text);
  const done = await commandLine('fabric audit -f z.yaml --partitions any.name topology.txt', cwd);
  expect(done.stdout).toContain(says);
  expect(done.code).toBe(code);
});

test('verify and scan read a partition file as the audit does, with its byte order mark', async () => {
  writeFileSync(join(cwd, 'partitions.conf'), `\ufeff${good}`);
  const node = (name: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\n`;
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: t, namespace: ai, labels: {app: w}}\nspec: {nodeName: a, containers: [{name: c, image: i, resources: {limits: {nvidia.com/gpu: 1, rdma/hca: 1}}}]}\n';
  writeFileSync(join(cwd, 'cluster.yaml'), [node('a'), node('b'), pod].join('---\n'));
  writeFileSync(join(cwd, 'hosts.csv'), 'host,guid\na,0x11\nb,0x21\n');
  const dumps = '--fabric partitions.conf --fabric topology.txt --fabric hosts.csv';
  const verified = JSON.parse((await commandLine(`verify -f z.yaml cluster.yaml ${dumps} --format json`, cwd)).stdout);
  const claims: readonly { readonly id: string; readonly status: string }[] = verified.zones[0].claims;
  expect(claims.find((c) => c.id === 'safety/infiniband-apart')?.status).toBe('fails');
  const scanned = JSON.parse((await commandLine(`scan cluster.yaml ${dumps} --format json`, cwd)).stdout);
  expect(scanned.infiniband[0].ways.map((w: { readonly to: string }) => w.to)).toEqual(['b']);
});

test('an ignore on the line of a finding, and a baseline, leave it out', async () => {
  writeFileSync(join(cwd, 'partitions.conf'), good.replace('0x11=full ;', '0x11=full, 0x31=full ; # ringfence ignore[fabric-not-a-port]: comes next week'));
  expect((await commandLine('fabric audit -f z.yaml partitions.conf topology.txt', cwd)).code).toBe(0);
  writeFileSync(join(cwd, 'partitions.conf'), good.replace('0x11=full ;', '0x11=full, 0x31=full ;'));
  expect((await commandLine('fabric audit -f z.yaml partitions.conf topology.txt --write-baseline b.json', cwd)).code).toBe(1);
  expect((await commandLine('fabric audit -f z.yaml partitions.conf topology.txt --baseline b.json', cwd)).code).toBe(0);
});

test('two partition files are one too many, and nothing to look at is too little', async () => {
  writeFileSync(join(cwd, 'partitions.conf'), good);
  writeFileSync(join(cwd, 'partitions2.conf'), good);
  const two = await commandLine('fabric audit -f z.yaml partitions.conf partitions2.conf topology.txt', cwd);
  expect([two.code, two.stderr.includes('partitions-twice')]).toEqual([2, true]);
  expect((await commandLine('fabric audit -f z.yaml', cwd)).code).toBe(2);
  expect((await commandLine('fabric audit topology.txt', cwd)).code).toBe(2);
});
