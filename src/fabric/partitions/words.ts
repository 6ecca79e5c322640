import type { Membership, Who } from './partitions.ts';

/**
 * OpenSM compares a word by as many letters as were typed, so that `l` is `limited` and nothing at all is the first word it asks about.
 * Source: opensm osm_prtn_config.c (strncmp with the length of the typed word, throughout).
 */
export function isStartOf(typed: string, word: string): boolean {
  return word.startsWith(typed);
}

/** In the order in which they are asked. Source: opensm osm_prtn_config.c (partition_add_port, partition_add_flag). */
const memberships: readonly Membership[] = ['full', 'both', 'limited'];

/** The membership that a word gives; undefined: none of them. */
export function membershipOf(typed: string): Membership | undefined {
  return memberships.find((word) => isStartOf(typed, word));
}

const groups: readonly (readonly [string, Who])[] = [
  ['ALL', { kind: 'all', nodes: null }],
  ['ALL_CAS', { kind: 'all', nodes: 'ca' }],
  ['ALL_SWITCHES', { kind: 'all', nodes: 'switch' }],
  ['ALL_ROUTERS', { kind: 'all', nodes: 'router' }],
  ['SELF', { kind: 'self' }],
];

/** The group that a member names, with its whole word; undefined: it is to be a GUID. */
export function groupOf(typed: string): { readonly word: string; readonly who: Who } | undefined {
  const found = groups.find(([word]) => isStartOf(typed, word));
  return found === undefined ? undefined : { word: found[0], who: found[1] };
}

/** Flags that only shape multicast groups, in the order in which they are asked. Source: opensm osm_prtn_config.c (parse_group_flag). */
export const groupFlags: readonly string[] = ['mtu', 'rate', 'scope', 'Q_Key', 'TClass', 'sl', 'FlowLabel'];
