import fc from 'fast-check';

/** Port GUIDs of `small.net`. */
const [a, b, c1, c2] = ['0x5200000000000011', '0x5200000000000021', '0x5200000000000031', '0x5200000000000032'] as const;
const manager = '0x5200000000000f01';
/** A node GUID, which is no port GUID. */
const nodeOfA = '0x5200000000000010';

const head = 'Default=0x7fff : ALL=limited, SELF=full ;\n';
const decimal = String(BigInt(a));
const octal = `0${BigInt(a).toString(8)}`;
const many = (n: number): string => Array.from({ length: n }, (_, i) => `P${i}=0x${(i + 1).toString(16)} : ${a}=full, ${b}=full ;\n`).join('');

/** Partition files for the small fabric, each about one thing that OpenSM reads in a way of its own. */
export const files: Readonly<Record<string, string>> = {
  'a comment alone': '# nothing yet\n',
  'an empty file': '',
  'blank lines alone': '\n  \n\t\n',
  'no default rule': `T=0x10 : ${a}=full, ${b}=full ;\n`,
  'default partition cannot be left': `Default=0x7fff : SELF=full ;\nT=0x10 : ${a}=full ;\n`,
  'all are full members': 'Default=0x7fff : ALL=full ;\n',
  'no end at the end of the file': 'Default=0x7fff : ALL=limited, SELF=full',
  'index zero': `${head}T=0x10, indx0 : ${a}=full, ${b}=full ;\nS=0x30 : ${a}, ${b}, ${c1}=full ;\n`,
  'index zero of a partition that comes late': `${head}S=0x10 : ${a}, ${b}, ${c1}=full ;\nT=0x20, indx0 : ${a}=full, ${b}=full ;\n`,
  'index zero twice': `${head}S=0x10, indx0 : ${a}, ${b} ;\nT=0x20, indx0 : ${a}=full, ${b}=full ;\n`,
  'index zero taken back': `${head}T=0x20, indx0 : ${a}=full ;\nT=0x20 : ${a}=full ;\n`,
  'index zero for the default partition': 'Default=0x7fff, indx0 : ALL=limited, SELF=full ;\n',
  'index zero, abbreviated': `${head}T=0x20, indx : ${a}=full ;\n`,
  'index zero in a file that is refused': `${head}T=0x20, indx0 : ${a}=full, ${b}=full ;\nX=0x30 : nonsense ;\n`,
  'keys whose bytes sort otherwise': `${head}A=0x0100 : ${a}=full ;\nB=0x0001 : ${a}=full ;\nC=0x00ff : ${a}=full ;\nD=0x7f01 : ${a} ;\n`,
  'both, without leave': `${head}T=0x10 : ${a}=both, ${b}=limited, ${c1}=both ;\n`,
  'nothing after the equals sign': `${head}T=0x10 : ${a}=, ${b}=limited, ${c1} ;\n`,
  'membership words cut short': `${head}T=0x10 : ${a}=f, ${b}=l, ${c1}=lim, ${c2}=fulll ;\n`,
  'membership in capitals': `${head}T=0x10 : ${a}=FULL, ${b}=Full, ${c1}=full ;\n`,
  'a membership that is none': `${head}T=0x10 : ${a}=readonly, ${b}=rw ;\n`,
  'groups cut short': 'Default=0x7fff : A=limited, S=full ;\n',
  'groups by kind': `${head}T=0x10 : ALL_CAS=full ;\nU=0x20 : ALL_SWITCHES=full, ${a}=limited ;\nV=0x30 : ALL_ROUTERS=full, ${a}=limited ;\n`,
  'groups in lower case': 'Default=0x7fff : all=limited, SELF=full ;\n',
  nobody: `${head}T=0x10 : NONE ;\nU=0x20 : ;\nV=0x30 : NO, N, ${a} ;\n`,
  'members by default full': `${head}T=0x10, defmember=full : ${a}, ${b}=limited, ${c1}=both ;\n`,
  'members by default, empty': `${head}T=0x10, defmember= : ${a}, ${b} ;\n`,
  'members by default, cut short': `${head}T=0x10, def=fu : ${a}, ${b} ;\n`,
  'members by default, unknown': `${head}T=0x10, defmember=admin : ${a}, ${b} ;\n`,
  'members by default, both': `${head}T=0x10, defmember=both : ${a}, ${b} ;\n`,
  'flags that are none': `${head}T=0x10, ipob, color=red, defmember=full : ${a}, ${b} ;\n`,
  'multicast flags': `${head}T=0x10, ipoib, rate=3, mtu=4, sl=0, scope=2, Q_Key=0x1, TClass=1, FlowLabel=2 : ${a}=full ;\n`,
  'an empty flag': `${head}T=0x10, : ${a}=full ;\n`,
  'a multicast group': `Default=0x7fff, ipoib :\n mgid=ff12:401b::0707,sl=0 # group\n ALL=limited,\n SELF=full ;\nT=0x10 : ${a}=full ;\n`,
  'a multicast group that is none': `${head}T=0x10 : mgid=fe80::1\n ${a}=full ;\n`,
  'a multicast group without address': `${head}T=0x10 : mgid ;\n`,
  'a multicast group that ends its line': `${head}T=0x10 : ${a}=full,\n mgid=ff12:401b::0707 ;\nU=0x20 : ${b}=full ;\n`,
  'keys of 17 bits': `${head}T=0x10020 : ${a}=full ;\nU=0x20 : ${b}=full ;\n`,
  'the top bit of a key': `${head}T=0x8010 : ${a}=full ;\nU=0x0010 : ${b}=limited ;\n`,
  'a key of nothing but the top bit': `${head}T=0x8000 : ${a}=full ;\nU=0x0001 : ${b}=full ;\n`,
  'the default key as a full one': 'Default=0xffff : ALL=limited, SELF=full ;\n',
  'keys in decimal and octal': `${head}T=16 : ${a}=full, ${b}=full ;\nU=010 : ${a}=full ;\nV=8 : ${c1} ;\n`,
  'a key below zero': `${head}T=-1 : ${a}=full ;\n`,
  'a key too large for any': `${head}T=99999999999999999999999 : ${a}=full ;\n`,
  'a key that is none': `${head}T=0x : ${a}=full ;\n`,
  'a key with a wrong digit': `${head}T=08 : ${a}=full ;\n`,
  'an empty key': `${head}T= : ${a}=full ;\n`,
  'no key': `${head}T : ${a}=full ;\nU : ${b}=full ;\nT : ${c1} ;\n`,
  'no key, and its number taken later': `${head}T : ${a}=full ;\nU=0x1 : ${b}=full ;\n`,
  'no key, and its number taken before': `${head}U=0x1 : ${b}=full ;\nT : ${a}=full ;\n`,
  'no name': `${head}=0x10 : ${a}=full ;\n0x20 : ${b}=full, ${a} ;\n`,
  neither: `${head} : ${a}=full ;\n`,
  'a name that starts with a digit': `${head}1T=0x10 : ${a}=full ;\n`,
  'a name that is a wrong number': `${head}1T : ${a}=full ;\n`,
  'a name of 40 letters, twice': `${head}${'n'.repeat(40)} : ${a}=full ;\n${'n'.repeat(40)} : ${b} ;\n`,
  'one name with two keys': `${head}T=0x10 : ${a}=full ;\nT=0x20 : ${b}=full ;\nT : ${c1} ;\n`,
  'one name with two keys, the later of which comes first': `${head}Default=0x8010, indx0 : ${c2}= ;\nDefault : ${c2}=full, ALL_SWITCHES ;\n`,
  'a partition in two parts': `${head}T=0x10 : ${a}=full ;\nU=0x20 : ${b}=full ;\nT=0x10 : ${b} ;\n`,
  'a port twice, the last wins': `${head}T=0x10 : ${a}=full, ${b}=full, ${a}=limited ;\n`,
  'all, then one': `${head}T=0x10 : ALL=limited, ${a}=full ;\n`,
  'one, then all': `${head}T=0x10 : ${a}=full, ALL=limited ;\n`,
  'a node GUID': `${head}T=0x10, defmember=full : ${nodeOfA}, ${b} ;\n`,
  'a GUID that is not there': `${head}T=0x10, defmember=full : 0x1234, ${b} ;\n`,
  'a GUID with a wrong digit': `${head}T=0x10 : ${a}g=full ;\n`,
  'a GUID without 0x': `${head}T=0x10 : 5200000000000011=full, ${b}=full ;\n`,
  'a GUID with colons': `${head}T=0x10 : 52:00:00:00:00:00:00:11=full ;\n`,
  'GUID zero': `${head}T=0x10 : 0x0=full ;\n`,
  'GUIDs in decimal, octal and capitals': `${head}T=0x10, defmember=full : ${decimal}, ${octal}, ${b.toUpperCase().replace('0X', '0x')}, ${c1.toUpperCase()} ;\n`,
  'the manager as an ordinary member': `${head}T=0x10 : ${manager}=limited, ${a}=full ;\n`,
  'the manager taken out of the default': `Default=0x7fff : ALL=limited, SELF=limited ;\n`,
  'a semicolon is missing': `${head}T=0x10 : ${a}=full\nU=0x20 : ${b}=full ;\n`,
  'a semicolon too many': 'Default=0x7fff : ALL=limited, SELF=full ;;\n',
  'a semicolon on a line of its own': 'Default=0x7fff :\n ALL=limited,\n SELF=full\n;\n',
  'a semicolon on a line of its own, behind a short line': `${head}T=0x10 : ${a}=full\n;\n`,
  'a semicolon before everything': ';Default=0x7fff : ALL=limited, SELF=full ;\n',
  'a semicolon before everything, and a partition': `;${head}T=0x10 : ${a}=full, ${b}=full ;\n`,
  'a semicolon before everything, and a longer line': `;${head}Default=0x8010,defmember=f , indx0 :\n ${a} ;\n`,
  'a semicolon and a blank before everything': '; Default=0x7fff : ALL=limited, SELF=full ;\n',
  'a comma too many': `${head}T=0x10 : ${a}=full,, ${b}=full, ;\n`,
  'a comma is missing': `${head}T=0x10 : ${a}=full ${b}=full ;\n`,
  'two equals signs': `${head}T=0x10=0x20 : ${a} ;\n`,
  'two equals signs at a member': `${head}T=0x10 : ${a}=full=limited ;\n`,
  'two colons': `${head}T=0x10 : U=0x20 : ${a} ;\n`,
  'no colon': `${head}T=0x10 ${a} ;\n`,
  'a header over two lines': `${head}T=0x10,\n indx0 : ${a}=full ;\n`,
  'a member list over lines': `${head}T=0x10 :\n ${a}=full,\n # in between\n\n ${b}=full\n , ${c1}=limited ;\n`,
  'two partitions on a line': `${head}T=0x10 : ${a}=full ; U=0x20 : ${b}=full ;\n`,
  'line ends of another system': `${head.replaceAll('\n', '\r\n')}T=0x10 : ${a}=full ;\r\n`,
  'line ends of another system, no blank behind': `Default=0x7fff : ALL=limited, SELF=full\r\n`,
  'a carriage return alone': `${head}\r\nT=0x10 : ${a}=full ;\n`,
  tabs: `Default=0x7fff\t:\tALL=limited,\tSELF=full\t;\n\tT\t=\t0x10\t:\t${a}\t=\tfull\t;\n`,
  'form feeds': `${head}T=0x10 : \f${a}=full ;\n`,
  'a comment behind a list': `${head}T=0x10 : ${a}=full ; # ${b}=full ;\nU=0x20 : ${b}=full # c\n ;\n`,
  'a comment with a semicolon': `${head}T=0x10 : ${a}=full # ; here\n , ${b}=full ;\n`,
  'a long comment': `${head}# ${'x'.repeat(5000)}\nT=0x10 : ${a}=full ;\n`,
  'a long list on one line': `${head}T=0x10 : ${Array.from({ length: 220 }, (_, i) => `0x${(0x9000 + i).toString(16).padStart(16, '0')}=full`).join(', ')}, ${a}=full ;\n`,
  'bytes that are no ASCII': `${head}Тест=0x10 : ${a}=full, ${b}=full ; # ключ\n`,
  'a byte order mark before a comment': `\ufeff# partitions\n${head}`,
  'a byte order mark before a partition': `\ufeff${head}T=0x10 : ${a}=full ;\n`,
  'more partitions than a switch holds': head + many(12),
  'more partitions than a port holds': head + many(70),
};

/** Files that OpenSM read to the end because nothing stood in memory that nobody had written; the next build of it may find something there, and refuse them. */
export const filesOfChance: Readonly<Record<string, string>> = {
  'a semicolon before a partition': `;T=0x10 : ${a}=full, ${b}=full ;\n`,
  'a semicolon and a blank before a partition': `; T=0x10 : ${a}=full\nU=0x20 : ${b}=full ;\n`,
};

/** The same, for OpenSM with `allow_both_pkeys TRUE`. */
export const filesForBoth: Readonly<Record<string, string>> = {
  'both memberships': `${head}T=0x10 : ${a}=both, ${b}=limited, ${c1}=both ;\n`,
  'both, then full': `${head}T=0x10 : ${a}=both, ${b}=limited ;\nT=0x10 : ${a}=full ;\n`,
  'both, then all limited': `${head}T=0x10 : ${a}=both, ${b}=both, ALL=limited ;\n`,
  'both by kind': `${head}T=0x10 : ALL_CAS=both, ALL_CAS=limited, ${a}=full ;\n`,
  'both at index zero': `${head}T=0x10, indx0, defmember=both : ${a}, ${b} ;\n`,
  'all are full': 'Default=0x7fff : ALL=full ;\n',
  'no default rule': `T=0x10 : ${a}=full, ${b}=full ;\n`,
};

const blank = fc.constantFrom('', ' ', '\t', '  ');
const membership = fc.constantFrom('', '=full', '=limited', '=both', '=', '=f', '=lim', '=x', ' = full');
const who = fc.constantFrom(a, b, c1, c2, manager, 'ALL', 'ALL_CAS', 'SELF', 'ALL_SWITCHES', 'NONE', nodeOfA, 'S', '');
const member = fc.tuple(blank, who, membership, blank).map((parts) => parts.join(''));
const key = fc.constantFrom('=0x10', '=0x20', '=0x8010', '=0x30', '', '=48', '=0x7fff', ' = 0x0100');
const flag = fc.constantFrom('', ',indx0', ', ipoib', ', defmember=full', ',defmember=limited', ', rate=3', ',x', ', indx0, defmember=both');
const separator = fc.constantFrom(',', ', ', ',\n  ', ' ,\t', '\n,');
const end = fc.constantFrom(' ;\n', ';\n', ' ; ', ';', ';\n\n# c\n', '\n  ;\n');
const partition = fc
  .tuple(fc.constantFrom('T', 'U', 'Default', 'P1', ''), key, flag, blank, fc.array(fc.tuple(member, separator), { minLength: 1, maxLength: 5 }), end)
  .map(([name, number, flags, space, members, last]) => {
    const list = members.map(([text, comma], i) => (i === members.length - 1 ? text : text + comma)).join('');
    return `${name}${number}${flags}${space}: ${list}${last}`;
  });

/** Files that no hand has written: what the grammar allows and a little more. The same for the same seed. */
export function generated(count: number, seed: number): string[] {
  return fc.sample(
    fc.array(partition, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
    { numRuns: count, seed },
  );
}
