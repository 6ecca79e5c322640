import type { LogFact } from '../facts.ts';
import { guidOf } from '../guid.ts';
import type { DumpReader } from './dump-reader.ts';

const entry = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{6} \[[^\]\s]{1,16}\] 0x[0-9a-f]{2} -> (.*)$/;
/** What OpenSM writes to its standard error as well. */
const alone = /^(PARSE ERROR: line \d{1,9}: .*)$/;
/** Longest text that is kept. */
const longest = 300;

/** Sources: opensm osm_prtn_config.c, osm_prtn.c, osm_pkey_mgr.c, osm_trap_rcv.c (log_trap_info), osm_opensm.c (osm_opensm_bind), osm_state_mgr.c. */
const events: readonly (readonly [LogFact['event'], RegExp])[] = [
  ['parse-error', /PARSE ERROR: line \d{1,9}: /],
  ['retried', /Partition configuration in error; retrying with default config/],
  ['enforcement-cleared', /ERR 0507: Not enough pkey entries .* Clearing Enforcement bit/],
  ['table-full', /ERR 0512: Failed to set PKey 0x[0-9a-f]{4} because Pkey table is full/],
  ['bad-key', /Received Generic Notice type:\d{1,3} num:(257|258|259) /],
  ['bad-key-of', /Bad [PQ]_Key:0x[0-9a-f]{1,8} on SL:/],
  ['sm-port', /Setting IS_SM on port 0x([0-9a-f]{1,16})/],
  ['up', /^SUBNET UP$/],
];

/** The log of OpenSM, whatever its level; most lines say nothing of partitions. */
export const reader: DumpReader = {
  tool: 'opensm log',
  starts: (line) => entry.test(line) || alone.test(line),
  read(lines, { facts }) {
    const line = lines.line ?? '';
    const said = entry.exec(line)?.[1] ?? alone.exec(line)?.[1] ?? '';
    for (const [event, pattern] of events) {
      const found = pattern.exec(said);
      if (found === null) continue;
      facts.push({
        kind: 'log',
        event,
        text: said.slice(0, longest),
        guid: event === 'sm-port' ? guidOf(found[1] ?? '') : null,
        trap: event === 'bad-key' ? Number(found[1]) : null,
        origin: lines.place(line.length - said.length + 1),
      });
      break;
    }
    lines.next();
  },
};
