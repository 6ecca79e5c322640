import { newline } from './anchor-search.ts';

/** Longest line that is made of parts, in bytes; of longer ones the beginning counts. */
export const longestJoined = 65_536;

/** Bytes at the beginning of a line in which its tag stands. */
const longestHead = 64;

/**
 * What a runtime writes before each part of a line: the time, the stream, and whether more comes. Source: kubernetes CRI logging format,
 * kubernetes/design-proposals-archive node/kubelet-cri-logging.md; containerd internal/cri/io/logger.go, which cuts lines at 16 KiB.
 */
const head = /^\d{4}-\d\d-\d\dT[0-9:.]{1,20}(?:Z|[+-]\d\d:\d\d) (stdout|stderr) ([FP])(?::[^ ]{1,16})? /;

/** Where `T` stands in a time, and how far behind the space before the stream, of which both have six letters, its tag does. */
const timeBehind = '2026-11-26'.length;
const tagBehind = ' stdout '.length;
const [zero, nine, dateEnds, space, cut] = [...'09T P'].map((c) => c.charCodeAt(0)) as [number, number, number, number, number];

/** A line of which parts have come. `first` is the number of lines before its first part. */
interface Begun {
  readonly first: number;
  readonly parts: Buffer[];
  size: number;
}

/** A piece of a log: whole lines as they stand, or a line made of the parts that a runtime cut it into. */
export interface Piece {
  readonly bytes: Buffer;
  /** Lines that the piece takes in the log from here on. */
  readonly lines: number;
  /** Of a line made of parts: the number of lines before its first. */
  readonly first: number | null;
}

/** Puts lines together that a container runtime cut in parts, each of the two streams by itself. What is kept of a line is bounded. */
export class PartialLines {
  readonly #begun = new Map<string, Begun>();

  /** Whether some of the bytes are parts of lines, or may end one. */
  concerns(bytes: Buffer): boolean {
    return this.#begun.size > 0 || holdsParts(bytes);
  }

  /** Pieces of bytes that begin with a line; `before` lines came earlier. What a carriage return ends stays as it is. */
  *pieces(bytes: Buffer, before: number): Generator<Piece> {
    let from = 0;
    let at = 0;
    let line = before;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, at)) {
      const found = head.exec(bytes.toString('latin1', at, Math.min(end, at + longestHead)));
      const stream = found?.[1] ?? '';
      const begun = this.#begun.get(stream);
      if (found !== null && (found[2] === 'P' || begun !== undefined)) {
        if (from < at) yield { bytes: bytes.subarray(from, at), lines: 0, first: null };
        const part = bytes.subarray(begun === undefined ? at : at + found[0].length, end);
        const whole = begun ?? { first: line, parts: [Buffer.from(found[0].replace(' P', ' F'), 'latin1')], size: 0 };
        this.#add(whole, begun === undefined ? part.subarray(found[0].length) : part);
        if (found[2] === 'P') {
          this.#begun.set(stream, whole);
          yield { bytes: bytes.subarray(at, at), lines: 1, first: null };
        } else {
          this.#begun.delete(stream);
          yield { bytes: joined(whole), lines: 1, first: whole.first };
        }
        from = end + 1;
      }
      at = end + 1;
      line++;
    }
    if (from < bytes.length) yield { bytes: bytes.subarray(from), lines: 0, first: null };
  }

  /** Lines whose last part never came. */
  *rest(): Generator<Piece> {
    for (const whole of this.#begun.values()) yield { bytes: joined(whole), lines: 0, first: whole.first };
    this.#begun.clear();
  }

  #add(whole: Begun, part: Buffer): void {
    const room = Math.min(longestJoined - whole.size, part.length);
    if (room <= 0) return;
    // The bytes are those of a chunk, which is not kept.
    const kept = Buffer.from(part.subarray(0, room));
    whole.parts.push(kept);
    whole.size += kept.length;
  }
}

/** Whether a line may be one part of several: what a runtime writes comes first in a line, and of most the first byte tells that nothing of it does. */
function holdsParts(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number;
    if (first >= zero && first <= nine && bytes[at + timeBehind] === dateEnds) {
      const head = Math.min(bytes.length, at + longestHead);
      let end = at + timeBehind;
      while (end < head && bytes[end] !== space) end++;
      if (end < head && bytes[end + tagBehind] === cut) return true;
    }
    at = bytes.indexOf(newline, at) + 1;
    if (at === 0) return false;
  }
  return false;
}

function joined({ parts }: Begun): Buffer {
  return Buffer.concat([...parts, Buffer.from([newline])]);
}
