// Generated from the folder listing by `npm run gen`; do not edit.
import type { DumpReader } from './dump-reader.ts';
import { reader as ibnetdiscoverDumpReader } from './ibnetdiscover.ts';
import { reader as ibnetdiscoverPortsDumpReader } from './ibnetdiscover-ports.ts';
import { reader as ibstatDumpReader } from './ibstat.ts';
import { reader as opensmConfDumpReader } from './opensm-conf.ts';
import { reader as opensmLogDumpReader } from './opensm-log.ts';
import { reader as perfqueryDumpReader } from './perfquery.ts';
import { reader as saqueryNrDumpReader } from './saquery-nr.ts';
import { reader as saqueryPktrDumpReader } from './saquery-pktr.ts';
import { reader as sminfoDumpReader } from './sminfo.ts';
import { reader as smpqueryPkeysDumpReader } from './smpquery-pkeys.ts';

/** Every reader of `src/fabric/dumps`, in name order. */
export const readers: readonly DumpReader[] = [
  ibnetdiscoverDumpReader,
  ibnetdiscoverPortsDumpReader,
  ibstatDumpReader,
  opensmConfDumpReader,
  opensmLogDumpReader,
  perfqueryDumpReader,
  saqueryNrDumpReader,
  saqueryPktrDumpReader,
  sminfoDumpReader,
  smpqueryPkeysDumpReader,
];
