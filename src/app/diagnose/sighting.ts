import { families } from '../../signatures/registry.gen.ts';
import type { Outcome, Signature } from '../../signatures/signature.ts';
import type { Printer } from './log-line.ts';
import { canonical } from './suspects.ts';

/** What a recognised line says. */
export interface Sighting {
  readonly signature: Signature;
  readonly outcome: Outcome;
  /** Whom the line names at the far end: an address or a name, and a port where it has one. */
  readonly host: string | null;
  readonly port: number | null;
  readonly who: Printer | null;
}

const signatures: readonly Signature[] = families.flatMap((f) => f.signatures);

/** Texts of which one stands in every line that any signature recognises. */
export const anchors: readonly string[] = [...new Set(signatures.map((s) => s.anchor))];

/** Reads one line, without its wrapping; null where no signature fits. The first that fits counts. */
export function sightingIn(text: string, who: Printer | null): Sighting | null {
  for (const signature of signatures) {
    if (!text.includes(signature.anchor)) continue;
    const match = signature.pattern.exec(text);
    if (match === null) continue;
    const { host, host6, port, scheme, errno } = match.groups ?? {};
    return {
      signature,
      outcome: outcomeOf(errno) ?? signature.outcome,
      host: host === undefined && host6 === undefined ? null : canonical(host ?? host6 ?? ''),
      port: portOf(port ?? defaultPorts.get(scheme ?? '')),
      who,
    };
  }
  return null;
}

/** What a port tells apart: those that the kernel picks differ in each line and say the same. */
export function portKey(port: number | null): number | 'picked' | null {
  return port !== null && port >= 32_768 ? 'picked' : port;
}

/** Where a URL without a port leads. Source: RFC 9110 §4.2. */
const defaultPorts: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
]);

/** A port that a packet can have, else null. */
function portOf(text: string | undefined): number | null {
  const port = Number(text ?? 0);
  return port >= 1 && port <= 65_535 ? port : null;
}

/** Words and numbers for how a connection ends. Source: linux include/uapi/asm-generic/errno.h. */
const endings: readonly (readonly [Outcome, readonly string[]])[] = [
  ['dropped', ['timed out', 'timeout', '110']],
  ['refused', ['refused', 'retries', '111']],
  ['rejected', ['no route', 'unreachable', 'not permitted', '113', '101']],
  ['cut', ['reset', 'broken pipe', 'closed', '104']],
];

function outcomeOf(errno: string | undefined): Outcome | null {
  if (errno === undefined) return null;
  const text = errno.toLowerCase();
  return endings.find(([, words]) => words.some((word) => text.includes(word)))?.[0] ?? null;
}
