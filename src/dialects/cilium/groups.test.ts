import { expect, it } from 'vitest';
import { egress, namespaced, object } from '../../../cases/support/cilium-objects.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { read } from './read.ts';

const surroundedBy = (...objects: readonly RawObject[]): Surroundings => ({ of: (_, kind) => objects.filter((o) => o.kind === kind) });

/** A CIDR group as the operator makes it of the item with this hash. */
const group = (hash: string): RawObject => ({
  ...object('CiliumClusterwideNetworkPolicy', { metadata: { labels: { [`extgrp.cilium.io/${hash}`]: '' } }, spec: { externalCIDRs: ['192.0.2.7/32'] } }),
  kind: 'CiliumCIDRGroup',
});

/** Sorts of peers of a rule with this item, beside a group with that hash. */
const peersOf = (item: unknown, hash: string): unknown => {
  const result = read(namespaced(egress({ toGroups: [item] })), surroundedBy(group(hash)));
  return result.ok && result.value[0]?.rules[0]?.peers?.map((p) => p.kind);
};

// Hashes that Go makes of the same items: base64.RawURLEncoding of sha256.Sum224 of json.Marshal.
it.each([
  ['ids', { aws: { securityGroupsIds: ['sg-0123'] } }, 's8tnuzfyLLCeqY2TIaj-M-pXdx4GWuv3aa4mqA'],
  [
    'labels in any order, with markup, and fields in any order',
    { aws: { region: 'us-east-1', securityGroupsNames: ['x', 'y'], labels: { b: '<2>&', a: '1' } } },
    '7Pd74zmExBWYUja5ZAWs2qBo6eipqQ1JfXKXDg',
  ],
  ['empty lists, which Go leaves out', { aws: { securityGroupsNames: [], region: '' } }, '051KSaNUjsZOkvFzai_hwbHpbGinVoL2BanFoA'],
  ['nothing', {}, 'XN0VqHNggIe-B6QbfxoE6W06Zv56mw-qxx-NBQ'],
])('finds the group of %s', (_, item, hash) => {
  expect(peersOf(item, hash)).toEqual(['cidr']);
  expect(peersOf(item, `${hash}x`)).toEqual(['unknown']);
});

it('takes a copy for that of this policy by the identity of the policy, and by its name where it has none', () => {
  const copy = (namespace: string, parent: string): RawObject => {
    const labels = { 'io.cilium.network.policy.kind': 'derivative', 'io.cilium.network.policy.parent.uuid': parent };
    const made = object('CiliumNetworkPolicy', { metadata: { name: `p-groups-${parent}`, labels } });
    return { ...made, name: `p-groups-${parent}`, namespace };
  };
  const refused = (metadata: Record<string, unknown>, other: RawObject): boolean => {
    const raw = object('CiliumNetworkPolicy', { metadata: { name: 'p', ...metadata }, spec: egress({ toGroups: [{}] }) });
    const result = read(raw, surroundedBy(other));
    return result.ok && result.value[0]?.readings?.filter((r) => r.policy === null).length === 2;
  };
  expect(refused({ uid: '7' }, copy('ml', '7'))).toBe(true);
  expect(refused({ uid: '7' }, copy('ml', '8'))).toBe(false);
  expect(refused({ uid: '7' }, copy('other', '7'))).toBe(false);
  expect(refused({}, copy('ml', '7'))).toBe(true);
});
