import type { Guid } from '../../../fabric/guid.ts';
import { guidText } from '../../../fabric/guid.ts';
import { sortedBy } from '../../../kernel/stable.ts';
import { madeByUs } from '../../../model/made-by.ts';
import { keyText } from '../../../model/pkey.ts';
import type { Intent, Party } from '../../infiniband/intent.ts';
import { zoneOptions } from './zone-options.ts';

/**
 * The partition file of OpenSM, in the one form that nobody can misread: LF, every word whole, keys of 15 bits in hex, one GUID a line with its membership,
 * each `;` behind a member. Source: opensm osm_prtn_config.c.
 */
export function partitionsConf(intent: Intent, zones: readonly string[]): string {
  const infrastructure = intent.parties.find((p) => p.kind === 'infrastructure');
  const trusted = infrastructure === undefined ? [] : members(intent, infrastructure, 'full');
  const partitions = intent.parties
    .filter((party) => party.base !== null)
    .map((party) => {
      const clients = intent.parties.filter((p) => party.base !== null && p.uses.includes(party.base)).flatMap((p) => members(intent, p, 'limited'));
      const flags = `${party.indexZero ? ', indx0' : ''}${party.ipoib ? ', ipoib' : ''}`;
      return partition(`${party.partition}=${keyText(party.base ?? 0)}${flags}`, [...members(intent, party, 'full'), ...clients]);
    });
  return [
    `# Partitions of the InfiniBand fabric, for OpenSM. Made from ${zones.join(', ')}. ${madeByUs}`,
    '# One mistake in this file opens every port to every other: after a change, before SIGHUP, run',
    `#   ringfence fabric audit ${zoneOptions(zones)} partitions.conf ibnetdiscover.txt sminfo.txt`,
    '',
    partition('Default=0x7fff', [
      { text: 'ALL=limited', note: 'nobody talks to anybody here,' },
      { text: 'SELF=full', note: 'but the subnet manager' },
      ...trusted,
    ]),
    ...partitions,
  ].join('\n');
}

interface MemberLine {
  readonly text: string;
  readonly note: string;
}

function members({ places }: Intent, party: Party, membership: 'full' | 'limited'): MemberLine[] {
  const own: { readonly guid: Guid; readonly host: string }[] = [];
  for (const [guid, place] of places) if (place.party === party) own.push({ guid, host: place.host });
  return sortedBy(own, ({ host, guid }) => `${host} ${guid}`).map(({ guid, host }) => ({
    text: `${guidText(guid)}=${membership}`,
    note: party.kind === 'infrastructure' ? host : `${host}, ${party.name}`,
  }));
}

/** A partition with members has its `;` behind the last; a `;` on a line of its own makes OpenSM read on in old memory. */
function partition(head: string, lines: readonly MemberLine[]): string {
  if (lines.length === 0) return `${head} : NONE ;\n`;
  return `${head} :\n${lines.map(({ text, note }, i) => `  ${text}${i === lines.length - 1 ? ' ;' : ','} # ${note}\n`).join('')}`;
}
