import type { CounterFact } from '../../fabric/facts.ts';
import { kept } from '../../kernel/memo.ts';
import type { Finding } from '../../model/finding.ts';
import { asFull, baseOf, defaultPartition, keyText } from '../../model/pkey.ts';
import { found, some } from './found.ts';
import { hostOf, isTrue, partyOf, type Situation, type Tables } from './situation.ts';

/** What is wrong with the partition file beside its effect, and between it and the fabric. */
export function partitionFindings(situation: Situation): readonly Finding[] {
  const { partitions } = situation.evidence;
  if (partitions === null) return [...disagreements(situation), ...drift(situation)];
  const remarks = partitions.remarks.map((remark) =>
    found('fabric-partitions-misread', {
      message: remark.message,
      primary: remark.origin,
      severity: remark.effect === 'more' ? 'medium' : remark.code === 'number-made-up' ? 'info' : 'low',
    }),
  );
  const rejected = partitions.rejected === null;
  const spelledOut = partitions.partitions.some((p) => p.base === defaultPartition && p.definitions.length > 0);
  const implied =
    rejected && !spelledOut
      ? [
          found('fabric-default-implied', {
            message: 'The partition file does not define the default partition.',
            primary: { document: { file: partitions.file, index: 0 }, path: [1, 1, 1] },
          }),
        ]
      : [];
  return [...remarks, ...implied, ...disagreements(situation), ...drift(situation), ...overflow(situation)];
}

/** Readings of one table that differ. */
function disagreements(situation: Situation): readonly Finding[] {
  return [...situation.seen.tables].flatMap(([guid, { keys, others, origin }]) => {
    const [first] = others;
    if (first === undefined) return [];
    const held = keys[first.at] ?? 0;
    const textOf = (key: number): string => (key === 0 ? 'nothing' : keyText(key));
    return [
      found('fabric-dumps-disagree', {
        message: `Two readings of the table of ${hostOf(situation, guid)} differ${others.length > 1 ? ` in ${others.length} places` : ''}: at index ${first.at} one has ${textOf(held)} and the other ${textOf(first.key)}.`,
        primary: first.origin,
        related: [{ origin, message: 'the other reading' }],
        subjects: [hostOf(situation, guid)],
      }),
    ];
  });
}

/** Tables that hold other keys than the partition file or UFM gives, and what these two differ in. */
function drift(situation: Situation): readonly Finding[] {
  const { live, configured, managed } = situation;
  // UFM does not tell of the default partition.
  const told = (key: number): boolean => baseOf(key) !== defaultPartition;
  return [
    ...between(situation, live, configured, { has: 'has', gives: 'the configuration' }),
    ...between(situation, live, managed, { has: 'has', gives: 'UFM' }, told),
    ...(live === null ? between(situation, configured, managed, { has: 'gets from the partition file', gives: 'UFM' }, told) : []),
  ];
}

function between(
  situation: Situation,
  now: Tables | null,
  then: Tables | null,
  { has, gives }: { readonly has: string; readonly gives: string },
  counts: (key: number) => boolean = () => true,
): readonly Finding[] {
  if (now === null || then === null) return [];
  return situation.hosts.flatMap(({ guid }) => {
    const held = now.keys.get(guid);
    if (held === undefined) return [];
    const keysOf = (keys: readonly number[] | undefined): ReadonlySet<number> => new Set((keys ?? []).filter((key) => key !== 0 && counts(key)));
    const [own, others] = [keysOf(held), keysOf(then.keys.get(guid))];
    const more = [...own].filter((key) => !others.has(key));
    const less = [...others].filter((key) => !own.has(key));
    if (more.length + less.length === 0) return [];
    const parts = [
      more.length === 0 ? '' : `${has} ${some(more.map(keyText))}, which ${gives} does not give`,
      less.length === 0 ? '' : `lacks ${some(less.map(keyText))}, which ${gives} gives`,
    ].filter((text) => text !== '');
    const line = less[0] === undefined ? null : then.cause(guid, less[0]);
    return [
      found('fabric-drift', {
        message: `${hostOf(situation, guid)} ${parts.join(' and ')}.`,
        primary: now.when === 'now' ? (situation.seen.tables.get(guid)?.origin ?? null) : now.cause(guid, more[0] ?? 0),
        related: line === null ? [] : [{ origin: line, message: 'the line that gives it' }],
        subjects: [hostOf(situation, guid)],
      }),
    ];
  });
}

function overflow(situation: Situation): readonly Finding[] {
  return situation.hosts.flatMap(({ guid, capacity }) => {
    const dropped = situation.configured?.tables.get(guid)?.dropped ?? [];
    if (dropped.length === 0) return [];
    return [
      found('fabric-table-overflow', {
        message: `${hostOf(situation, guid)} is in more partitions than its table of ${capacity} holds: ${some(dropped.map(keyText))} will be left out.`,
        primary: situation.configured?.tables.get(guid)?.causes.get(dropped[0] ?? 0) ?? null,
        subjects: [hostOf(situation, guid)],
      }),
    ];
  });
}

/** What is wrong with `opensm.conf`. Defaults are those of OpenSM: opensm include/opensm/osm_base.h, osm_subnet.c. */
export function settingFindings({ settings, hasSettings }: Situation): readonly Finding[] {
  if (!hasSettings) return [];
  const of = (name: string): string | undefined => settings.get(name)?.value;
  const at = (name: string): Finding['primary'] => settings.get(name)?.origin ?? [...settings.values()][0]?.origin ?? null;
  const unset = (name: string): string => (settings.has(name) ? `${name} is ${of(name)}` : `${name} is not set`);
  const findings: Finding[] = [];
  const enforced = isTrue(of('no_partition_enforcement')) ? 'off' : (of('part_enforce') ?? 'both');
  if (enforced === 'off' || enforced === 'in' || enforced === 'out')
    findings.push(
      found('fabric-enforcement-off', {
        message: enforced === 'off' ? 'Switches check no keys at all.' : `Switches check keys in one direction only (part_enforce ${enforced}).`,
        primary: at(isTrue(of('no_partition_enforcement')) ? 'no_partition_enforcement' : 'part_enforce'),
        ...(enforced === 'off' ? {} : { severity: 'medium' as const }),
      }),
    );
  const zero = (name: string): boolean => /^(?:0x)?0*$/i.test(of(name) ?? '0');
  const one = (name: string): boolean => /^(?:0x)?0*1$/i.test(of(name) ?? '1');
  if (zero('m_key'))
    findings.push(
      found('fabric-management-key-default', {
        message: `${unset('m_key')}: any host that can send management datagrams can write any table.`,
        primary: at('m_key'),
      }),
    );
  else if (zero('m_key_protection_level'))
    findings.push(
      found('fabric-management-key-default', {
        message: `${unset('m_key_protection_level')}: the M_Key can be read by anybody, and then used.`,
        primary: at('m_key_protection_level'),
        severity: 'medium',
        fix: 'Set m_key_protection_level 2.',
      }),
    );
  for (const name of ['sm_key', 'sa_key'])
    if (one(name))
      findings.push(
        found('fabric-management-key-default', {
          message: `${unset(name)}: the default, 1, is known to everybody, and with it any host reads the keys of every port.`,
          primary: at(name),
          severity: 'medium',
          fix: `Set ${name} to a secret.`,
        }),
      );
  if (isTrue(of('allow_both_pkeys')))
    findings.push(found('fabric-both-memberships', { message: 'OpenSM runs with allow_both_pkeys.', primary: at('allow_both_pkeys') }));
  return findings;
}

/** What the log and the counters tell. */
export function logFindings(situation: Situation): readonly Finding[] {
  const { log } = situation;
  const findings: Finding[] = [];
  const retries = log.filter((f) => f.event === 'retried');
  const [first] = retries;
  if (first !== undefined) {
    const error = log.find((f) => f.event === 'parse-error');
    const live = situation.live;
    // Each reading of the file ends in SUBNET UP; that of a refused one too, and only one behind it tells of a better file.
    const last = log.findLastIndex((f) => f.event === 'retried');
    const better = log.slice(last).filter((f) => f.event === 'up').length > 1;
    const isFull = ({ guid }: { readonly guid: string }): boolean =>
      live?.keys.get(guid)?.includes(asFull(defaultPartition)) === true && guid !== situation.smPort && partyOf(situation, guid)?.kind !== 'infrastructure';
    const still = !better || situation.hosts.some(isFull);
    findings.push(
      found('fabric-configuration-refused', {
        message: `OpenSM refused its partition file${retries.length > 1 ? ` ${retries.length} times` : ''}${error === undefined ? '' : ` (${error.text.replace(/^[a-z_]+: /, '')})`}: flat fabric ${still ? 'since then' : 'until it next read a good one'}.`,
        primary: error?.origin ?? first.origin,
        related: error === undefined ? [] : [{ origin: first.origin, message: 'and made every port a full member' }],
        severity: still ? 'critical' : 'high',
      }),
    );
  }
  for (const fact of log) {
    if (fact.event === 'enforcement-cleared' || fact.event === 'table-full')
      findings.push(found('fabric-table-overflow', { message: `OpenSM says: ${fact.text}`, primary: fact.origin }));
  }
  const traps = log.filter((f) => f.event === 'bad-key');
  const [trap] = traps;
  const [keys] = log.filter((f) => f.event === 'bad-key-of');
  if (trap !== undefined)
    findings.push(
      found('fabric-violations', {
        message: `OpenSM was told ${traps.length === 1 ? 'once' : `${traps.length} times`} of a packet with a foreign key${keys === undefined ? '' : ` (${keys.text})`}.`,
        primary: trap.origin,
        related: keys === undefined ? [] : [{ origin: keys.origin, message: 'which key, from whom' }],
      }),
    );
  return [...findings, ...counterFindings(situation)];
}

/**
 * Packets that ports turned down. Counters only ever grow until somebody clears them: of two readings of one (older files first), what has been added since
 * the first counts, and one that stands still tells of what was, not of what is.
 */
function counterFindings({ evidence }: Situation): readonly Finding[] {
  const readings = new Map<string, CounterFact[]>();
  for (const fact of evidence.facts) if (fact.kind === 'counter') kept(readings, `${fact.lid} ${fact.port} ${fact.name}`, () => []).push(fact);
  return [...readings.values()].flatMap((all) => {
    const [first, last] = [all[0], all.at(-1)];
    if (first === undefined || last === undefined) return [];
    const more = all.reduce((sum, { value }, i) => sum + (i === 0 ? 0 : value >= (all[i - 1]?.value ?? 0) ? value - (all[i - 1]?.value ?? 0) : value), 0);
    const port = `Port ${last.port} of LID ${last.lid}`;
    if (all.length === 1)
      return last.value === 0
        ? []
        : [found('fabric-violations', { message: `${port} has turned down ${last.value} packets (${last.name}).`, primary: last.origin })];
    if (more === 0) return [];
    return [
      found('fabric-violations', {
        message: `${port} has turned down ${more} more packets since the first reading (${last.name}): somebody is trying to cross.`,
        primary: last.origin,
        related: [{ origin: first.origin, message: `it was ${first.value}` }],
        severity: 'high',
      }),
    ];
  });
}

/** Who manages the fabric. */
export function managerFindings(situation: Situation): readonly Finding[] {
  const { intent, seen, smPort } = situation;
  const declared = intent.parties.some((p) => p.kind === 'infrastructure');
  const active = seen.managers.filter((m) => m.state !== 'SMINFO_NOTACT');
  const findings: Finding[] = [];
  for (const guid of new Set([...active.map((m) => m.guid), ...(smPort === null ? [] : [smPort])])) {
    const place = intent.places.get(guid);
    const origin = active.find((m) => m.guid === guid)?.origin ?? situation.log.find((f) => f.guid === guid)?.origin ?? null;
    if (place !== undefined && place.party.kind !== 'infrastructure')
      findings.push(
        found('fabric-manager-on-host', {
          message: `A subnet manager runs on ${place.host} of ${place.party.name}: its port is a full member of the default partition and reaches every port.`,
          primary: origin ?? place.origin,
          subjects: [place.host],
        }),
      );
    else if (place === undefined && (declared || active.length > 1))
      findings.push(
        found('fabric-second-manager', {
          message: `A subnet manager runs on ${hostOf(situation, guid)} (0x${guid}), which is not declared under infrastructure.`,
          primary: origin,
          // A master writes tables; one that stands by does so when the master goes.
          ...(active.some((m) => m.guid === guid && m.state === 'SMINFO_MASTER') && active.length > 1 ? { severity: 'critical' as const } : {}),
          subjects: [hostOf(situation, guid)],
        }),
      );
  }
  return findings;
}
