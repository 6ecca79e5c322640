import type { DumpReader } from './dump-reader.ts';

/** Options of which some are in every `opensm.conf`, and those that this program asks for. Source: opensm osm_subnet.c (opt_tbl). */
const known: ReadonlySet<string> = new Set([
  'guid',
  'm_key',
  'sm_key',
  'sa_key',
  'subnet_prefix',
  'm_key_lease_period',
  'm_key_protection_level',
  'm_key_lookup',
  'sweep_interval',
  'sm_priority',
  'ignore_other_sm',
  'partition_config_file',
  'no_partition_enforcement',
  'part_enforce',
  'allow_both_pkeys',
  'keep_pkey_indexes',
  'sm_inactive',
  'routing_engine',
  'log_file',
  'log_flags',
  'force_log_flush',
  'qos',
  'daemon',
]);
/** Only the first word of a value counts for these, and nothing is done about what follows. Source: opensm osm_subnet.c (clean_val). */
const option = /^[ \t]*([a-z0-9_]{2,60})[ \t]+([^#]{1,500})/;

/** `opensm.conf`, an option a line. Source: opensm osm_subnet.c (osm_subn_parse_conf_file). */
export const reader: DumpReader = {
  tool: 'opensm.conf',
  starts: (line) => known.has(option.exec(line)?.[1] ?? ''),
  read(lines, { facts }) {
    const found = option.exec(lines.line ?? '');
    const [, name = '', rest = ''] = found ?? [];
    const value = rest.trim().replace(/^"(.*)"$/, '$1');
    facts.push({ kind: 'setting', name, value, origin: lines.place() });
    lines.next();
  },
};
