import { shown } from '../../kernel/reader.ts';

/** What is wrong with a stretch that OpenSM refuses, and the mend. */
export interface Reason {
  /** As OpenSM says it. */
  readonly says: 'no partition definition found' | 'bad partition definition' | 'bad PortGUID' | 'Segmentation fault';
  readonly cause: string;
  readonly fix: string;
}

const lineEnds = 'Write the file with LF alone.';

/** A stretch without `:` where a partition should start. `pastLine`: it is what an earlier line left in memory. */
export function noDefinition(text: string, { pastLine, crlf }: { readonly pastLine: boolean; readonly crlf: boolean }): Reason {
  const says = 'no partition definition found';
  if (pastLine)
    return {
      says,
      cause: 'a ";" stands first on its line, and behind it OpenSM reads on in what an earlier line left in its memory',
      fix: 'Put the ";" on the line of the last member.',
    };
  if (crlf && text.trim() === '') return { says, cause: 'the lines end in CR LF, and OpenSM takes the CR for a partition', fix: lineEnds };
  if (text.trim() === '' || text.startsWith(';')) return { says, cause: 'a ";" ends nothing', fix: 'Remove it.' };
  return {
    says,
    cause: /[=,]/.test(text) ? 'this starts a partition and has no ":" on its line' : `${shown(text)} is no partition`,
    fix: 'Write the name, its key, the flags and the ":" on one line; only members may go on below.',
  };
}

/**
 * What stands behind all that was read yet is what the stack had there: behind some lines nothing, so that OpenSM goes on, and behind others something that is no
 * partition (both are recorded in lab/infiniband). Nobody can tell from the file, and what may be refused counts as refused.
 */
export const pastFirstLine: Reason = {
  says: 'no partition definition found',
  cause: 'a ";" stands first on its line, and behind it OpenSM reads on in memory that nobody has written',
  fix: 'Put the ";" behind the last member.',
};

/** A member that is neither a group nor a number. `unended`: it is the start of a partition, and the one before has no `;`. */
export function badGuid(name: string, { unended, crlf }: { readonly unended: boolean; readonly crlf: boolean }): Reason {
  const says = 'bad PortGUID';
  const word = name.replaceAll('\r', '');
  if (name.includes('\r') || (crlf && word === ''))
    return { says, cause: 'the lines end in CR LF, and OpenSM takes the CR for a part of the member', fix: lineEnds };
  if (unended)
    return {
      says,
      cause: `the partition before it has no ";", so that ${shown(word)} is read as a member of it`,
      fix: 'Put a ";" at the end of its member list.',
    };
  return {
    says,
    cause: `${shown(word)} is no port GUID`,
    fix: 'Write a member as 0x and the hex digits of a port GUID, or as ALL, ALL_CAS, ALL_SWITCHES, ALL_ROUTERS or SELF; one entry, one comma.',
  };
}

export function badKey(text: string): Reason {
  return { says: 'bad partition definition', cause: `${shown(text)} is no partition key`, fix: 'Write the key as a hex number from 0x0001 to 0x7ffe.' };
}

export const noKeyLeft: Reason = { says: 'bad partition definition', cause: 'no partition key is left to give', fix: 'Give the partition a key of its own.' };

/** Source: opensm osm_prtn_config.c (mgroup_create hands the missing text to inet_pton). */
export const noMulticastAddress: Reason = {
  says: 'Segmentation fault',
  cause: 'mgid has no address; OpenSM ends with a memory fault when it reads it',
  fix: 'Write mgid=ADDRESS, or leave it out.',
};
