import { describe, expect, it } from 'vitest';
import { observed } from '../observed.ts';
import { readDump } from './read-dump.ts';

const facts = (text: string) => readDump({ file: 'dump', text }).facts.map(({ origin: _, ...fact }) => fact);

const topology = `# Topology file: generated on Fri Nov 27 12:00:00 2026
#
# Initiated from node 98039b030000f000 port 98039b030000f001

vendid=0x2c9
devid=0xd2f2
sysimgguid=0x98039b03000a0001
switchguid=0x98039b03000a0001(98039b03000a0002)
Switch\t16 "S-98039b03000a0001"\t\t# "leaf-01" enhanced port 0 lid 4 lmc 0
[1]\t"H-98039b0300001010"[1](98039b0300001011) \t\t# "train-01 mlx5_0" lid 6 4xHDR

vendid=0x2c9
devid=0x1021
sysimgguid=0x98039b0300001010
caguid=0x98039b0300001010
Ca\t2 "H-98039b0300001010"\t\t# "train-01 "quoted" mlx5_0"
[1](98039b0300001011) \t"S-98039b03000a0001"[1]\t\t# lid 6 lmc 0 "leaf-01" lid 4 4xHDR
[2](98039b0300001012) \t"S-98039b03000a0001"[2]\t\t# lid 7 lmc 0 "leaf-01" lid 4 4xHDR
`;
const table = `   0: 0x7fff 0x8010 0x0000 0x0000 0x0000 0x0000 0x0000 0x0000
   8: 0x0030 0x0000 0x0000 0x0000 0x0000 0x0000 0x0000 0x0000
16 pkeys capacity for this port
`;

describe('what the tools print', () => {
  it('ibnetdiscover: ports of adapters and of switches, by port GUID', () => {
    expect(observed(readDump({ file: 'dump', text: topology }).facts).subnet.ports.map(({ origin: _, ...port }) => port)).toEqual([
      { guid: '98039b03000a0002', nodeGuid: '98039b03000a0001', kind: 'switch', number: 0, lid: 4, description: 'leaf-01', capacity: null },
      { guid: '98039b0300001011', nodeGuid: '98039b0300001010', kind: 'ca', number: 1, lid: 6, description: 'train-01 "quoted" mlx5_0', capacity: null },
      { guid: '98039b0300001012', nodeGuid: '98039b0300001010', kind: 'ca', number: 2, lid: 7, description: 'train-01 "quoted" mlx5_0', capacity: null },
    ]);
  });

  it('ibnetdiscover -p: a line a port, a switch once', () => {
    const text = `CA     6  1 0x98039b0300001011 4x HDR - SW     4  1 0x98039b03000a0001 ( 'train-01 mlx5_0' - 'leaf-01' )
SW     4  1 0x98039b03000a0001 4x HDR - CA     6  1 0x98039b0300001011 ( 'leaf-01' - 'train-01 mlx5_0' )
SW     4  2 0x98039b03000a0001 4x SDR                                    'leaf-01'
`;
    expect(facts(text).filter((f) => f.kind === 'port')).toEqual([
      { kind: 'port', guid: '98039b0300001011', nodeGuid: null, nodeKind: 'ca', number: 1, lid: 6, description: 'train-01 mlx5_0', capacity: null },
      { kind: 'port', guid: '98039b03000a0001', nodeGuid: '98039b03000a0001', nodeKind: 'switch', number: 0, lid: 4, description: 'leaf-01', capacity: null },
    ]);
  });

  it.each([
    ['+ smpquery pkeys 6', { lid: 6, port: null }],
    ['# smpquery -C mlx5_0 -P 1 pkeys 6 1', { lid: 6, port: 1 }],
    ['$ smpquery -G pkeys 0x98039b0300001011', { guid: '98039b0300001011' }],
  ])('smpquery pkeys, told by %s', (command, port) => {
    const [fact] = facts(`${command}\n${table}`);
    expect(fact).toEqual({ kind: 'table', port, from: 0, keys: [0x7fff, 0x8010, 0, 0, 0, 0, 0, 0, 0x30, 0, 0, 0, 0, 0, 0, 0], capacity: 16 });
  });

  it('smpquery pkeys of nobody is no table of anybody', () => {
    const { facts: none, diagnostics } = readDump({ file: 'dump', text: `# smpquery pkeys 6\n${table}${table}` });
    expect(none).toHaveLength(1);
    expect(diagnostics.map((d) => d.code)).toEqual(['table-without-port']);
  });

  it('saquery PKTR: blocks of one port are one table', () => {
    const block = (lid: number, n: number, first: string): string =>
      `PKeyTableRecord dump:\n\t\tLID........................${lid}\n\t\tPort.......................1\n\t\tBlock......................${n}\n\t\tPKey Table:\n\t\t${first} ${'0x0000 '.repeat(7).trim()}\n\n`;
    const seen = observed(readDump({ file: 'dump', text: topology + block(6, 0, '0xffff') + block(6, 1, '0x8010') + block(99, 0, '0x8010') }).facts);
    const keys = seen.tables.get('98039b0300001011')?.keys ?? [];
    expect([keys[0], keys[32], keys.length]).toEqual([0xffff, 0x8010, 33]);
    expect(seen.strayTables).toHaveLength(1);
  });

  it('tables of outer ports of a switch are not its own', () => {
    expect(observed(readDump({ file: 'dump', text: `${topology}# smpquery pkeys 4 1\n${table}` }).facts).tables.size).toBe(0);
  });

  it('ibstat: InfiniBand ports alone', () => {
    const port = (n: number, guid: string, layer: string): string =>
      `\tPort ${n}:\n\t\tState: Active\n\t\tBase lid: 6\n\t\tPort GUID: 0x${guid}\n\t\tLink layer: ${layer}\n`;
    expect(
      facts(
        `CA 'mlx5_0'\n\tCA type: MT4129\n\tNode GUID: 0x98039b0300001010\n${port(1, '98039b0300001011', 'InfiniBand')}${port(2, '98039b0300001012', 'Ethernet')}`,
      ),
    ).toEqual([{ kind: 'port', guid: '98039b0300001011', nodeGuid: '98039b0300001010', nodeKind: 'ca', number: 1, lid: 6, description: null, capacity: null }]);
  });

  it('perfquery, opensm.conf and logs: what bears on partitions', () => {
    expect(facts('# Port counters: Lid 6 port 1 (CapMask: 0x5A00)\nPortSelect:......................1\nPortRcvConstraintErrors:.........7\n')).toEqual([
      { kind: 'counter', lid: 6, port: 1, name: 'PortRcvConstraintErrors', value: 7 },
    ]);
    expect(facts('# the manager\nm_key 0x0000000000000000 # none\npart_enforce "off"\n')).toEqual([
      { kind: 'setting', name: 'm_key', value: '0x0000000000000000' },
      { kind: 'setting', name: 'part_enforce', value: 'off' },
    ]);
    expect(
      facts(
        'Nov 23 04:00:00 150326 [6CF386C0] 0x01 -> log_trap_info: Received Generic Notice type:2 num:257 (Bad P_Key) Producer:1 (Channel Adapter) from LID:6 TID:0x01\n',
      ),
    ).toMatchObject([{ event: 'bad-key', trap: 257 }]);
  });
});

describe('hostile dumps', () => {
  it.each([
    ['one long line', `Ca\t1 "H-${'0'.repeat(500_000)}`],
    [
      'a description that steers a terminal',
      'Ca\t1 "H-98039b0300001010"\t\t# "\u001b[2J\u0000"\n[1](98039b0300001011) \t"S-1"[1]\t\t# lid 6 lmc 0 "x" lid 4 4xHDR\n',
    ],
    ['options without end', `smpquery${' -x'.repeat(100_000)} pkeys`],
    ['many tables of nobody', table.repeat(20_000)],
    ['dots', `\t\tLID${'.'.repeat(300_000)}1`],
  ])('%s', (_, text) => {
    expect(() => observed(readDump({ file: 'dump', text }).facts)).not.toThrow();
  });
});
