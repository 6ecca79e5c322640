import { guidText } from '../../fabric/guid.ts';
import type { FabricAuditReport } from '../../model/fabric-audit-report.ts';
import type { Finding } from '../../model/finding.ts';
import { logFindings, managerFindings } from './configuration.ts';
import { some } from './found.ts';
import { hostOf, judged, type Situation } from './situation.ts';

/** Whether the zones are apart: not, where somebody crosses or a critical finding says that somebody can, and not known, where anything is missing. */
export function answerOf(
  situation: Situation,
  crossings: number,
  findings: readonly Finding[],
  doubts: readonly string[],
): { readonly apart: FabricAuditReport['apart']; readonly because: string } {
  if (crossings > 0)
    return { apart: 'fails', because: `${crossings === 1 ? 'two parties' : `${crossings} pairs of parties`} share a key over which they can talk` };
  const [contradiction] = findings.filter((f) => f.severity === 'critical');
  if (contradiction !== undefined) return { apart: 'fails', because: `a critical finding contradicts it (${contradiction.check})` };
  const missing = [...missingFor(situation), ...doubts];
  return missing.length > 0
    ? { apart: 'undecided', because: missing.join('; ') }
    : { apart: 'holds', because: `${situation.hosts.length} host ports were compared, each with each` };
}

/** What is not known and would have to be, to say that nobody meets. Empty: all of it is there. */
export function missingFor(situation: Situation): readonly string[] {
  const { hosts, evidence } = situation;
  const known = judged(situation)[0];
  if (hosts.length === 0) return ['no dump shows the ports of the fabric (ibnetdiscover)'];
  if (known === undefined) return ['neither P_Key tables (smpquery pkeys, saquery PKTR) nor partitions.conf is among the inputs'];
  const isWhole = evidence.taken.some(({ as }) => as.includes('ibnetdiscover'));
  return [
    ...tablesUnread(situation),
    ...defaultUnknown(situation),
    ...unshown(situation),
    ...(isWhole ? [] : ['no dump shows the whole fabric (ibnetdiscover): there may be ports beside those that were compared']),
  ];
}

/**
 * Who is a full member of the default partition, and so reaches every port, where the tables do not show it. OpenSM makes its own port one, whatever the file says
 * (osm_prtn.c, prtn_make_default); UFM makes every port of an adapter one unless it is told otherwise, and answers only for what it was told
 * (NVIDIA UFM Enterprise User Manual, Appendix: Partitioning).
 */
export function defaultUnknown({ live, configured, managed, smPort, evidence }: Situation): readonly string[] {
  if (live !== null || evidence.partitions?.rejected != null) return [];
  if (configured === null)
    return managed === null
      ? []
      : ['who is a full member of the default partition, of which UFM does not tell: give the tables (smpquery pkeys, saquery PKTR)'];
  return smPort === null
    ? ['which port the subnet manager runs on (SELF), a full member of the default partition that reaches every port: give the output of sminfo']
    : [];
}

/** Findings that say that somebody can meet whom they should not, whatever the tables say. */
export function contradictionsOf(situation: Situation): readonly Finding[] {
  return [...managerFindings(situation), ...logFindings(situation)].filter((f) => f.severity === 'critical');
}

/** Tables that are not among the inputs, or of which a part is not. */
export function tablesUnread(situation: Situation): readonly string[] {
  const { hosts, live, seen } = situation;
  const known = judged(situation)[0];
  const untold = hosts.filter(({ guid }) => known?.keys.get(guid) === undefined).length;
  const cut = live === null ? [] : hosts.filter(({ guid }) => seen.tables.get(guid)?.whole === false).map(({ guid }) => hostOf(situation, guid));
  return [
    ...(untold > 0 ? [`the P_Key tables of ${untold} host ports are not among the inputs`] : []),
    ...(cut.length > 0
      ? [
          `the P_Key tables of ${some(cut)} may hold more than was read: give smpquery pkeys as it ends, or all that saquery PKTR LID answers, with saquery NR LID, which says how many keys there are`,
        ]
      : []),
  ];
}

function unshown({ seen }: Situation): readonly string[] {
  const names = seen.unshown.map(({ description, guid, nodeGuid }) => description || guidText(guid ?? nodeGuid ?? ''));
  return names.length === 0
    ? []
    : [`ibnetdiscover names ${some(names)} at the end of a link and does not show ${names.length === 1 ? 'it' : 'them'}: its output is cut`];
}
