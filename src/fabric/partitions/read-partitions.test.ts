import { describe, expect, it } from 'vitest';
import { LineLocator } from '../place.ts';
import { readPartitions } from './read-partitions.ts';

const head = 'Default=0x7fff : ALL=limited, SELF=full ;\n';

function read(text: string) {
  const file = readPartitions({ file: 'p.conf', text });
  const locator = new LineLocator([{ file: 'p.conf', text }]);
  /** What a place covers, with its line: `3: 0x11=full`. */
  const at = (origin: Parameters<LineLocator['locate']>[0]): string => {
    const { line, column, endColumn } = locator.locate(origin);
    return `${line}: ${(text.split('\n')[line - 1] ?? '').slice(column - 1, endColumn - 1)}`;
  };
  return { file, at };
}

describe('each word has its place', () => {
  it('on one line and over several, behind characters that are no ASCII', () => {
    const { file, at } = read(`${head}Тест=0x10, indx0 : 0x11=full,\n\t0x21 = limited , # ключ\n  ALL_CAS ;\n`);
    expect(file.entries.map((e) => at(e.origin))).toEqual(['1: ALL=limited', '1: SELF=full', '2: 0x11=full', '3: 0x21 = limited', '4: ALL_CAS']);
    expect(file.partitions.flatMap((p) => p.definitions.map((d) => at(d.origin)))).toEqual(['1: Default', '2: Тест']);
  });

  it('in the second piece of a line that is too long for one read', () => {
    const { file, at } = read(`${head}T=0x10 : ${Array.from({ length: 300 }, (_, i) => `0x${(i + 1).toString(16)}=full`).join(',      ')} ;\n`);
    expect(at(file.entries.at(-1)?.origin ?? { document: { file: '', index: 0 }, path: [] })).toBe('2: 0x12c=full');
    expect(file.remarks.map((r) => r.code)).toEqual(['line-split']);
  });
});

describe('what OpenSM refuses is told with its cause and mend', () => {
  it.each([
    ['a missing semicolon', `${head}T=0x10 : 0x11=full\nU=0x20 : 0x21 ;\n`, '3: U=0x20 : 0x21', 'has no ";"', '2: 0x11=full'],
    ['line ends', head.replace('\n', '\r\n'), '1: \r', 'CR LF', null],
    ['line ends in a list', 'Default=0x7fff : ALL=limited,\r\n SELF=full ;\r\n', '1: \r', 'CR LF', null],
    ['a wrong digit', `${head}T=0x10 : 0x1g=full ;\n`, '2: 0x1g=full', 'is no port GUID', null],
    ['a header over two lines', `${head}T=0x10,\n indx0 : 0x11 ;\n`, '2: T=0x10,', 'has no ":" on its line', null],
    ['a semicolon of its own', 'Default=0x7fff :\n ALL=limited,\n SELF=full\n;\n', '4: ;', 'a ";" stands first', null],
    ['a key that is none', `${head}T=0x1g : 0x11 ;\n`, '2: 0x1g', 'is no partition key', null],
    ['nothing at all', '# later\n', '1: ', 'no partition in this file', null],
  ])('%s', (_, text, place, cause, related) => {
    const { file, at } = read(text);
    expect(file.rejected).not.toBeNull();
    if (file.rejected === null) return;
    expect(at(file.rejected.origin)).toBe(place);
    expect(file.rejected.cause).toContain(cause);
    expect(file.rejected.related === null ? null : at(file.rejected.related)).toBe(related);
  });
});

describe('what OpenSM reads otherwise than it looks is remarked', () => {
  it.each([
    ['T=0x10 : 0x11=ful ;', 'membership-abbreviated', 'more'],
    ['T=0x10 : 0x11=readonly ;', 'membership-unknown', 'less'],
    ['T=0x10 : 0x11= ;', 'membership-empty', 'more'],
    ['T=0x10, defmember=foo : 0x11 ;', 'defmember-ignored', 'less'],
    ['T=0x10, indx : 0x11 ;', 'flag-unknown', 'less'],
    ['T=0x10020 : 0x11 ;', 'number-cut', 'more'],
    ['T=0x10 : 0x11 ;\nU=0x8010 : 0x21 ;', 'number-shared', 'more'],
    ['T : 0x11 ;', 'number-made-up', null],
    ['T=0x10 : AL ;', 'member-abbreviated', 'more'],
    ['T=0x10 : mgid=fe80::1\n 0x11 ;', 'multicast-refused', null],
  ])('%s', (text, code, effect) => {
    const { file } = read(`${head}${text}\n`);
    expect(file.rejected).toBeNull();
    expect(file.remarks.map((r) => [r.code, r.effect])).toContainEqual([code, effect]);
  });

  it('and nothing in a file as it should be', () => {
    expect(read(`${head}T=0x0010, ipoib, indx0, defmember=full : 0x11, 0x21=full ;\nS=0x0030 : 0x31=full, 0x11=limited ;\n`).file.remarks).toEqual([]);
  });
});

describe('hostile files', () => {
  it.each([
    ['nothing but equals signs', '='.repeat(500_000)],
    ['nothing but colons and semicolons', ':;'.repeat(250_000)],
    ['a number without end', `${head}T=0x${'f'.repeat(400_000)} : 0x11 ;\n`],
    ['zero bytes', `${head}T=0x10 : 0x11\u0000=full ;\n\u0000\n`],
    ['escapes', `${head}\u001b[2J=0x10 : \u001b[31m ;\n`],
    ['lone surrogates', `${head}\ud800=0x10 : 0x11 ;\n`],
    ['a comma in every place', `${head}T=0x10 : ${','.repeat(300_000)} ;\n`],
  ])('%s', (_, text) => {
    const { file } = read(text);
    expect(file.rejected?.says ?? '').not.toContain('\u001b');
  });
});
