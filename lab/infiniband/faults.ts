import type { Locator } from '../../src/kernel/origin.ts';
import type { FabricAuditReport } from '../../src/model/fabric-audit-report.ts';

/** What an audit must say of a fault: whether the zones are apart, and which findings tell of it, on which words of the file, and what they say. */
export interface Told {
  readonly apart: string;
  readonly found: readonly (readonly [check: string, place: string | null, message: string])[];
}

/** Findings above info of an audit of each fault but one, which a running manager is given. The places are words of the partition file, or files. */
export const faults: Readonly<Record<string, Told>> = {
  good: { apart: 'holds', found: [] },
  'overlap-node': { apart: 'fails', found: [['fabric-zones-share-key', '4: 0x98039b0300001041', 'train-04 does not belong there']] },
  'storage-all-full': { apart: 'fails', found: [['fabric-zones-share-key', '5: 0x98039b0300001011', 'should be limited members there']] },
  'pkey-collision': {
    apart: 'fails',
    found: [
      ['fabric-member-missing', 'zone.yaml', 'prod-01 (production) is not in partition 0x0020'],
      ['fabric-member-missing', 'zone.yaml', 'prod-02 (production) is not in partition 0x0020'],
      ['fabric-zones-share-key', '4: 0x98039b0300002011', 'prod-01 and prod-02 do not belong there'],
      ['fabric-partitions-misread', '4: 0x8010', 'is partition 0x0010'],
      ['fabric-partitions-misread', '4: Production=0x8010', 'is one partition with "Training"'],
    ],
  },
  'default-all-full': { apart: 'fails', found: [['fabric-flat', '2: ALL=full', 'The partition file says so']] },
  'syntax-error': {
    apart: 'fails',
    found: [
      ['fabric-flat', '4: Production=0x0020', 'has no ";"'],
      ['fabric-flat', '4: Production=0x0020', 'will be full members'],
      ['fabric-configuration-refused', 'opensm.log', 'PARSE ERROR: line 4: bad PortGUID'],
    ],
  },
  'no-config': { apart: 'fails', found: [['fabric-flat', 'pkeys.txt', 'without a partition file']] },
  'node-guid-typo': {
    apart: 'holds',
    found: [
      ['fabric-member-missing', '4: 0x98039b0300002020', 'the partition file lists its node GUID'],
      ['fabric-not-a-port', '4: 0x98039b0300002020', 'is the node GUID of prod-02'],
    ],
  },
  'unknown-guid': {
    apart: 'holds',
    found: [
      ['fabric-member-missing', 'zone.yaml', 'train-03 (training) is not in partition 0x0010'],
      ['fabric-not-a-port', '3: 0x98039b0300009931', 'is no port of the fabric'],
    ],
  },
  'missing-default-rule': { apart: 'holds', found: [] },
  'prefix-membership-word': { apart: 'holds', found: [['fabric-partitions-misread', '4: 0x98039b0300002011=ful', 'is full']] },
  'unknown-membership-word': { apart: 'holds', found: [['fabric-partitions-misread', null, 'takes it for limited']] },
};

export type Found = readonly [check: string, place: string | null, message: string];

/** Findings above info, each with the words that it is about in the partition file, or the name of another file. */
export function findingsOf({ findings }: FabricAuditReport, locator: Locator): readonly Found[] {
  return findings
    .filter((f) => f.severity !== 'info')
    .map(({ check, primary, message }) => {
      if (primary === null) return [check, null, message] as const;
      const { file, line, column, endColumn } = locator.locate(primary);
      const name = file.split('/').at(-1) ?? '';
      return [check, name.endsWith('.conf') ? `${line}: ${(locator.line(file, line) ?? '').slice(column - 1, endColumn - 1)}` : name, message] as const;
    });
}

/** What was found and is not told of, and what is told of and was not found. */
export function differences(found: readonly Found[], wanted: Told['found']): readonly string[] {
  const isOne = ([check, place, message]: Found, [slug, at, says]: Told['found'][number]): boolean =>
    check === slug && (at === null || at === place) && message.includes(says);
  return [
    ...found.filter((f) => !wanted.some((w) => isOne(f, w))).map((f) => `not wanted: ${f.join(' ')}`),
    ...wanted.filter((w) => !found.some((f) => isOne(f, w))).map((w) => `missing: ${w.join(' ')}`),
  ];
}
