import { describe, expect, it } from 'vitest';
import { readZones } from './parse.ts';

const zone = (infiniband: string): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ai}
  workloads: [{name: w, selector: {app: w}}]
  fabric:
    infiniband: ${infiniband}
`;
const read = (infiniband: string) => readZones([{ file: 'z.yaml', text: zone(infiniband) }]);
const ports = 'hosts: {ports: [{host: a, guid: "0x98039b0300001011"}]}';

describe('the fabric of a zone', () => {
  it('has safe defaults', () => {
    const { zones, diagnostics } = read(`{partition: {pkey: 0x10}, ${ports}}`);
    expect(diagnostics).toEqual([]);
    expect(zones[0]?.zone.spec.fabric?.infiniband).toEqual({
      partition: { name: null, pkey: 0x10, indexZero: true, ipoib: false },
      hosts: { nodes: null, ports: [{ host: 'a', guid: '98039b0300001011' }] },
      hubs: [],
      infrastructure: [],
      neighbours: [],
      resource: null,
    });
  });

  it.each([
    ['a key with the top bit', `{partition: {pkey: "0x8010"}, ${ports}}`, 'the top bit says full member'],
    ['the default partition', `{partition: {pkey: "0x7fff"}, ${ports}}`, 'that is the default partition'],
    ['no key', `{partition: {pkey: "0x0"}, ${ports}}`, 'from 0x0001 to 0x7ffe'],
    ['a GUID without quotes', '{partition: {pkey: 1}, hosts: {ports: [{host: a, guid: 0x98039b0300001011}]}}', 'in quotes'],
    ['a short GUID', '{partition: {pkey: 1}, hosts: {ports: [{host: a, guid: "0x98039b03"}]}}', '16 hex digits'],
    ['no hosts', '{partition: {pkey: 1}}', 'No port belongs to the zone'],
    ['a port twice', `{partition: {pkey: 1}, ${ports}, infrastructure: [{host: sm, guid: "9803:9b03:0000:1011"}]}`, 'is listed twice'],
    [
      'a key twice',
      `{partition: {pkey: 1}, ${ports}, hubs: [{name: s, pkey: 1, ports: [{host: s, guid: "0x98039b0300003011"}]}]}`,
      'equal keys are one partition',
    ],
    [
      'a hub that is none',
      `{partition: {pkey: 1}, ${ports}, neighbours: [{name: p, pkey: 2, hubs: [x], ports: [{host: s, guid: "0x98039b0300003011"}]}]}`,
      'There is no hub x',
    ],
    ['a name that OpenSM takes for a key', `{partition: {name: 1x, pkey: 1}, ${ports}}`, 'starts with a letter'],
  ])('refuses %s', (_, infiniband, message) => {
    const { diagnostics } = read(infiniband);
    expect(diagnostics.map((d) => d.message).join('\n')).toContain(message);
    expect(diagnostics.every((d) => d.severity === 'error' && d.origin !== null)).toBe(true);
  });
});
