import { guidText } from '../../fabric/guid.ts';
import type { Finding } from '../../model/finding.ts';
import { asFull, baseOf, defaultPartition, isFull, keyText } from '../../model/pkey.ts';
import { isFlat } from './crossings.ts';
import { found, some } from './found.ts';
import { hostOf, isTooMuch, judged, partyOf, type Situation, type Tables, wanted } from './situation.ts';

/** What is wrong with who is in which partition, beside who meets whom. `crossed` are the partitions in which somebody meets who is not to. */
export function memberFindings(situation: Situation, crossed: ReadonlySet<number>): readonly Finding[] {
  const [first] = judged(situation);
  const all = [
    ...judged(situation).flatMap((tables) => (isFlat(situation, tables) ? [flat(situation, tables)] : fullByDefault(situation, tables))),
    ...unknownPorts(situation),
    ...judged(situation).flatMap((tables) => (isFlat(situation, tables) ? [] : unexpected(situation, tables, crossed))),
    ...(first === undefined || isFlat(situation, first) ? [] : missing(situation, first)),
    ...noPorts(situation),
    ...indexes(situation, first ?? null),
  ];
  // What is so now and after the configuration is read is told once.
  const told = new Set<string>();
  return all.filter(({ check, subjects, message }) => {
    const key = JSON.stringify([check, ...(check === 'fabric-full-default-member' ? subjects : [message])]);
    return !told.has(key) && told.add(key);
  });
}

function flat(situation: Situation, tables: Tables): Finding {
  const { partitions } = situation.evidence;
  const rejected = partitions?.rejected ?? null;
  const now = tables.when === 'now';
  const who = `${situation.hosts.length} host ports ${now ? 'are' : 'will be'} full members of the default partition: flat fabric, every host reaches every other`;
  if (rejected !== null && (!now || situation.configured !== null))
    return found('fabric-flat', {
      message: `${who}. OpenSM refuses the partition file (${rejected.says}), because ${rejected.cause}.`,
      primary: rejected.origin,
      related: rejected.related === null ? [] : [{ origin: rejected.related, message: 'the mend belongs here' }],
      fix: `${rejected.fix} Then send SIGHUP to OpenSM.`,
    });
  const cause = situation.hosts.map((p) => tables.cause(p.guid, asFull(defaultPartition))).find((origin) => origin !== null) ?? null;
  const fromFile = partitions !== null && cause?.document.file === partitions.file;
  return found('fabric-flat', {
    message: fromFile
      ? `${who}. The partition file says so.`
      : `${who}. OpenSM makes it so without a partition file; none that could be the cause is among the inputs.`,
    primary: cause,
    fix: fromFile
      ? 'Make ALL limited in the default partition: Default=0x7fff : ALL=limited, SELF=full ;'
      : 'Give OpenSM a partition file (partition_config_file in opensm.conf), and send SIGHUP.',
  });
}

function fullByDefault(situation: Situation, tables: Tables): readonly Finding[] {
  const key = asFull(defaultPartition);
  return situation.hosts
    .filter(({ guid }) => tables.keys.get(guid)?.includes(key) && partyOf(situation, guid)?.kind !== 'infrastructure' && guid !== situation.smPort)
    .map(({ guid }) =>
      found('fabric-full-default-member', {
        message: `${hostOf(situation, guid)} (${partyOf(situation, guid)?.name ?? 'nobody’s'}) ${tables.when === 'now' ? 'is' : 'will be'} a full member of the default partition and ${tables.when === 'now' ? 'reaches' : 'will reach'} every port of the fabric.`,
        primary: tables.cause(guid, key),
        subjects: [hostOf(situation, guid)],
      }),
    );
}

function unknownPorts(situation: Situation): readonly Finding[] {
  if (situation.intent.parties.length === 0) return [];
  return situation.hosts
    .filter(({ guid }) => partyOf(situation, guid) === null && guid !== situation.smPort)
    .map((port) =>
      found('fabric-unknown-port', {
        message: `The port ${guidText(port.guid)} (${port.description === '' ? 'without description' : `it calls itself ${port.description}`}) belongs to nobody that a zone tells of.`,
        primary: port.origin,
        subjects: [hostOf(situation, port.guid)],
      }),
    );
}

function unexpected(situation: Situation, tables: Tables, crossed: ReadonlySet<number>): readonly Finding[] {
  return situation.hosts.flatMap(({ guid }) => {
    const party = partyOf(situation, guid);
    if (party === null) return [];
    return (tables.keys.get(guid) ?? [])
      .filter((key) => baseOf(key) !== 0 && baseOf(key) !== defaultPartition && !crossed.has(baseOf(key)) && isTooMuch(party, key))
      .map((key) =>
        found('fabric-unexpected-member', {
          message:
            wanted(party, baseOf(key)) === 'limited'
              ? `${hostOf(situation, guid)} (${party.name}) is a full member of ${keyText(baseOf(key))}, a hub of which it is a client.`
              : `${hostOf(situation, guid)} (${party.name}) is in partition ${keyText(baseOf(key))}, which is not its own.`,
          primary: tables.cause(guid, key),
          subjects: [hostOf(situation, guid)],
        }),
      );
  });
}

/** Ports that lack the key of their own partition or of a hub, or are limited where their peers are too. */
function missing(situation: Situation, tables: Tables): readonly Finding[] {
  const limited = new Map<number, number>();
  for (const { guid } of situation.hosts)
    for (const key of tables.keys.get(guid) ?? [])
      if (!isFull(key)) limited.set(key, (limited.get(key) ?? 0) + (partyOf(situation, guid)?.base === key ? 1 : 0));
  return situation.hosts.flatMap(({ guid, nodeGuid }) => {
    const place = situation.intent.places.get(guid);
    const keys = tables.keys.get(guid);
    if (place === undefined || keys === undefined) return [];
    const { party } = place;
    return [party.base, ...party.uses].flatMap((base) => {
      if (base === null) return [];
      const held = keys.find((key) => baseOf(key) === base && isFull(key)) ?? keys.find((key) => baseOf(key) === base);
      if (held !== undefined && (isFull(held) || wanted(party, base) === 'limited' || (limited.get(held) ?? 0) < 2)) return [];
      const byNode = situation.evidence.partitions?.entries.find((e) => e.base === base && e.who.kind === 'port' && e.who.guid === nodeGuid);
      const what =
        held === undefined
          ? `is not in partition ${keyText(base)}`
          : `is only a limited member of ${keyText(base)}, as others are, so that they cannot talk to each other`;
      const why = byNode === undefined ? '' : `: the partition file lists its node GUID, ${guidText(nodeGuid ?? '')}, where the port GUID belongs`;
      return [
        found('fabric-member-missing', {
          message: `${place.host} (${party.name}) ${what}${why}.`,
          primary: byNode?.origin ?? place.origin,
          ...(byNode === undefined ? {} : { fix: `Write ${guidText(guid)} in place of ${guidText(nodeGuid ?? '')}.` }),
          subjects: [place.host],
        }),
      ];
    });
  });
}

/** Members of partitions, and ports of zones, that are no port of the fabric. */
function noPorts(situation: Situation): readonly Finding[] {
  if (situation.ports.size === 0) return [];
  const nodes = new Map(situation.seen.subnet.ports.map((p) => [p.nodeGuid, p]));
  const told = new Set<string>();
  const findings: Finding[] = [];
  const tell = (guid: string, where: string, origin: Finding['primary']): void => {
    if (situation.ports.has(guid) || told.has(`${guid} ${where}`)) return;
    told.add(`${guid} ${where}`);
    const node = nodes.get(guid);
    const host = node === undefined ? null : hostOf(situation, node.guid);
    findings.push(
      found('fabric-not-a-port', {
        message:
          node === undefined
            ? `${guidText(guid)}, ${where}, is no port of the fabric: it has no effect until a port with that GUID appears.`
            : `${guidText(guid)}, ${where}, is the node GUID of ${host}, and OpenSM passes over it; its port GUID is ${guidText(node.guid)}.`,
        primary: origin,
        ...(node === undefined ? {} : { fix: `Write ${guidText(node.guid)}.` }),
        subjects: host === null ? [guidText(guid)] : [host],
      }),
    );
  };
  for (const { who, base, origin } of situation.evidence.partitions?.entries ?? [])
    if (who.kind === 'port') tell(who.guid, `a member of ${keyText(base)}`, origin);
  for (const fact of situation.evidence.facts) if (fact.kind === 'member') tell(fact.guid, `a member of ${keyText(fact.base)}`, fact.origin);
  for (const [guid, { party, host, origin }] of situation.intent.places) tell(guid, `${host} of ${party.name}`, origin);
  for (const { host, origin } of situation.intent.portless)
    findings.push(
      found('fabric-not-a-port', {
        message: `The node ${host} belongs to a zone, and none of the ports of the fabric is known to be its.`,
        primary: origin,
        fix: 'Give a map of hosts to port GUIDs (CSV with columns host and guid).',
        subjects: [host],
      }),
    );
  for (const host of situation.intent.byDescription)
    findings.push(
      found('fabric-host-by-description', { message: `The ports of ${host} are known by their description alone.`, primary: null, subjects: [host] }),
    );
  return findings;
}

function indexes(situation: Situation, tables: Tables | null): readonly Finding[] {
  if (tables === null || isFlat(situation, tables)) return [];
  return situation.intent.parties
    .filter((party) => party.kind === 'zone' && party.indexZero)
    .flatMap((party) => {
      const wrong = situation.hosts.filter(({ guid }) => {
        const keys = tables.keys.get(guid) ?? [];
        return partyOf(situation, guid) === party && keys.some((key) => baseOf(key) === party.base) && baseOf(keys[0] ?? 0) !== party.base;
      });
      const [port] = wrong;
      if (port === undefined) return [];
      const at = (tables.keys.get(port.guid) ?? []).findIndex((key) => baseOf(key) === party.base);
      const definition = situation.evidence.partitions?.partitions.find((p) => p.base === party.base)?.definitions[0];
      return [
        found('fabric-key-not-at-index-0', {
          message: `The key of ${party.name} stands at index ${at} on ${some(wrong.map((p) => hostOf(situation, p.guid)))}, and index 0 holds ${keyText(tables.keys.get(port.guid)?.[0] ?? 0)}.`,
          primary: definition?.origin ?? tables.cause(port.guid, tables.keys.get(port.guid)?.[0] ?? 0),
          fix: `Give the partition indx0; until then set NCCL_IB_PKEY=${at}.`,
          subjects: [party.name],
        }),
      ];
    });
}
