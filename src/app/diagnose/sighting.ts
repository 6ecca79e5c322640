import { families } from '../../signatures/registry.gen.ts';
import type { Outcome, Signature } from '../../signatures/signature.ts';
import type { Printer } from './log-line.ts';
import { groupOf, type NumberedPattern, withNumbers } from './numbered-pattern.ts';
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

/** A signature as lines are held against it, with the ending that it found last: logs hold the same few again and again. */
interface Recogniser extends NumberedPattern {
  readonly signature: Signature;
  readonly anchor: string;
  readonly last: { errno: string | undefined; outcome: Outcome };
}

const recognisers: readonly Recogniser[] = signatures.map((signature) => ({
  ...withNumbers(signature.pattern),
  signature,
  anchor: signature.anchor,
  last: { errno: undefined, outcome: signature.outcome },
}));

const passages = new Map(families.flatMap((f) => f.signatures.map((s): [Signature, readonly string[]] => [s, s.passages ?? f.passages ?? []])));

/** Passages of frameworks that lines of a signature are about; none where it is about none, or any. */
export function passagesOf(signature: Signature): readonly string[] {
  return passages.get(signature) ?? [];
}

const byAnchor = new Map<string, number[]>();
for (const [index, { anchor }] of signatures.entries()) {
  const known = byAnchor.get(anchor);
  if (known === undefined) byAnchor.set(anchor, [index]);
  else known.push(index);
}

const explained = new Set(signatures.flatMap((s) => s.explains ?? []));

/** Whether lines of a signature may follow from what another says. */
export function mayFollow({ id }: Signature): boolean {
  return explained.has(id);
}

/** Texts of which one stands in every line that any signature recognises. */
export const anchors: readonly string[] = [...byAnchor.keys()];
const behind: readonly (readonly number[])[] = [...byAnchor.values()];

/** Sets of texts that lines were found to hold, and the signatures that fit them; logs hold the same few again and again, and these come as one array. */
const fitting = new Map<readonly number[], readonly Recogniser[]>();
const mostFitting = 1000;

/** Those of the signatures that may fit a line which holds these of the `anchors`, in their order; other numbers say nothing. */
export function recognisersOf(texts: readonly number[]): readonly Recogniser[] {
  const known = fitting.get(texts);
  if (known !== undefined) return known;
  const found = [...new Set(texts.flatMap((text) => behind[text] ?? []))].sort((a, b) => a - b).flatMap((i) => recognisers[i] ?? []);
  if (fitting.size < mostFitting) fitting.set(texts, found);
  return found;
}

/** Reads one line, without its wrapping; null where no signature fits. The first that fits counts. */
export function sightingIn(text: string, who: Printer | null, among: readonly Recogniser[] = recognisers): Sighting | null {
  for (const recogniser of among) {
    if (!text.includes(recogniser.anchor)) continue;
    const match = recogniser.pattern.exec(text);
    if (match === null) continue;
    const { signature, groups } = recogniser;
    const from = groupOf(match, groups.from);
    const host = groupOf(match, groups.host) ?? groupOf(match, groups.host6);
    const port = groupOf(match, groups.port);
    return {
      signature,
      outcome: outcomeFor(recogniser, groupOf(match, groups.errno)),
      host: host === undefined ? null : canonical(host),
      port: port === undefined ? defaultPort(groupOf(match, groups.scheme)) : portOf(port),
      // A launcher passes on what others say: who is named in the line itself is the one that dialled.
      who: from === undefined ? who : { name: from, vouched: false },
    };
  }
  return null;
}

/** What a line below one that was sighted says more of it. */
export function refined(sighting: Sighting, text: string): Sighting {
  for (const pattern of sighting.signature.below?.patterns ?? []) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const { from, host, port, errno } = match.groups ?? {};
    return {
      ...sighting,
      outcome: outcomeOf(errno) ?? sighting.outcome,
      host: host === undefined ? sighting.host : canonical(host),
      port: portOf(port) ?? sighting.port,
      who: from === undefined ? sighting.who : { name: from, vouched: false },
    };
  }
  return sighting;
}

/** What a port tells apart: those that the kernel picks differ in each line and say the same. */
export function portKey(port: number | null): number | 'picked' | null {
  return port !== null && port >= 32_768 ? 'picked' : port;
}

/** Where a URL without a port leads. Source: RFC 9110 §4.2. */
function defaultPort(scheme: string | undefined): number | null {
  return scheme === 'http' ? 80 : scheme === 'https' ? 443 : null;
}

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

function outcomeFor({ signature, last }: Recogniser, errno: string | undefined): Outcome {
  if (errno === undefined) return signature.outcome;
  if (errno !== last.errno) {
    last.errno = errno;
    last.outcome = outcomeOf(errno) ?? signature.outcome;
  }
  return last.outcome;
}

function outcomeOf(errno: string | undefined): Outcome | null {
  if (errno === undefined) return null;
  const text = errno.toLowerCase();
  for (const [outcome, words] of endings) for (const word of words) if (text.includes(word)) return outcome;
  return null;
}
