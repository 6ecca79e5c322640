import type { Quote } from '../../model/diagnosis.ts';
import { AnchorSearch, carriageReturn, type FoundLine, newline } from './anchor-search.ts';
import { bytesWithoutColours } from './control-sequences.ts';
import { type Awaited, LinesBelow } from './lines-below.ts';
import { longestLine, type Printer, printerOfFile, quoted, unwrapped } from './log-line.ts';
import { type LogTime, printedAt } from './log-time.ts';
import { longestJoined, PartialLines } from './partial-lines.ts';
import { anchors, recognisersOf, type Sighting, sightingIn } from './sighting.ts';
import { canonical } from './suspects.ts';
import { ToldOnce } from './told-once.ts';
import { TrainingSteps } from './training-steps.ts';
import { Worked, type Works } from './worked.ts';

/** Sightings that say the same, told once: the first of them with its place, and how many there were. */
export interface Sighted {
  readonly sighting: Sighting;
  readonly quote: Quote;
  /** When the first of them was printed, where that is told. */
  readonly first: LogTime | null;
  /** The last of them: its line, and when it was printed. */
  readonly last: { readonly line: number; readonly time: LogTime | null };
}

/** What one log told. */
export interface ScannedLog {
  readonly file: string;
  readonly lines: number;
  readonly bytes: number;
  readonly recognised: number;
  /** Those of them that say something else than what is kept. */
  readonly unkept: number;
  readonly sighted: readonly Sighted[];
  /** What went well, and when it last did. */
  readonly works: readonly Works[];
  /** Addresses of pods, as they tell them themselves: address to pod name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Interfaces over which NCCL sets up: address to device. */
  readonly devices: ReadonlyMap<string, string>;
  /** What the log tells about its programs, a line each: versions, interfaces. */
  readonly facts: readonly string[];
}

/** What is kept of sightings that say the same. */
interface Kept {
  readonly sighting: Sighting;
  readonly quote: Omit<Quote, 'count'>;
  first: LogTime | null;
  count: number;
  readonly last: { line: number; text: string; stamp: string | number | null };
}

/** Sightings that are kept of one log; more that say something else are counted only. */
const mostKept = 2000;

/** Bytes at the beginning of a line that tell who printed it. */
const longestPrefix = 400;

/** Bytes that are kept of a line whose end has not come: what is looked at, and what a runtime writes before it. */
const longestCarried = longestLine + longestPrefix;

/** What NCCL says about itself. Source: NVIDIA/nccl src/init.cc, src/bootstrap.cc. */
const factAnchors = ['NCCL version ', 'Bootstrap : Using ', 'Bootstrap: Using ', ' - Init START'];
const version = /NCCL version (\d{1,3}\.\d{1,3}\.\d{1,3})/;
const bootstrap = /Bootstrap ?: Using (?:\[\d\])?([a-z0-9._-]{1,15}):([0-9a-f.:]{2,45})<\d{1,5}>/;

let made: AnchorSearch | null = null;

/** Made when the first log is read: verbs that read none need not wait for it. */
function anchorSearch(): AnchorSearch {
  made ??= new AnchorSearch([...anchors, ...factAnchors]);
  return made;
}

/**
 * Reads one log as its bytes come and keeps only what was recognised, so that memory does not grow with the log. Most of a log holds none of the texts that
 * signatures look for: those are searched in the bytes, and only lines that hold one are read.
 */
export class LogScanner {
  readonly #anchors = anchorSearch();
  readonly #file: string;
  /** Whose log it is, where the file is named so. */
  readonly #owner: Printer | null;
  /** How the line began of which a part is over already, with a carriage return; empty where none is. */
  #begun: Buffer = Buffer.alloc(0);
  #carry: Buffer = Buffer.alloc(0);
  #lines = 0;
  #bytes = 0;
  #recognised = 0;
  #unkept = 0;
  #last = newline;
  readonly #sighted = new ToldOnce<Kept>();
  readonly #below = new LinesBelow();
  readonly #worked: Worked;
  readonly #steps: TrainingSteps;
  readonly #partial = new PartialLines();
  readonly #addresses = new Map<string, string>();
  readonly #devices = new Map<string, string>();
  readonly #facts = new Set<string>();

  constructor(file: string) {
    this.#file = file;
    this.#owner = printerOfFile(file);
    this.#worked = new Worked(file);
    this.#steps = new TrainingSteps(file);
  }

  /** Takes the next bytes of the log. The chunk is not kept. */
  feed(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const whole = this.#carry.length === 0 ? bytes : this.#rejoined(bytes);
    if (bytes.length > 0) this.#last = bytes[bytes.length - 1] as number;
    const lastLine = whole.lastIndexOf(newline) + 1;
    const end = lastLine + whole.subarray(lastLine).lastIndexOf(carriageReturn);
    if (end < 0) {
      // A line that never ends: its beginning says what it is.
      this.#carry = Buffer.from(whole.subarray(0, longestCarried));
      return;
    }
    this.#complete(whole.subarray(0, end + 1));
    this.#carry = Buffer.from(whole.subarray(end + 1, end + 1 + longestCarried));
  }

  /** Ends the line that was begun, and gives the bytes after it: only that line is copied, so that memory is not as large as what comes. */
  #rejoined(bytes: Buffer): Buffer {
    const end = bytes.indexOf(newline) + 1;
    if (end === 0) return Buffer.concat([this.#carry, bytes]);
    this.#complete(Buffer.concat([this.#carry, bytes.subarray(0, end)]));
    this.#carry = Buffer.alloc(0);
    return bytes.subarray(end);
  }

  /** Ends the log, with a last line that has no end. */
  end(): ScannedLog {
    if (this.#carry.length > 0) this.#complete(Buffer.concat([this.#carry, Buffer.from([newline])]));
    else if (this.#last === carriageReturn) this.#lines++;
    this.#carry = Buffer.alloc(0);
    for (const { bytes, first } of this.#partial.rest()) this.#joined(bytes, first ?? 0);
    this.#sightAwaited(this.#below.end());
    return {
      file: this.#file,
      lines: this.#lines,
      bytes: this.#bytes,
      recognised: this.#recognised,
      unkept: this.#unkept,
      sighted: this.#sighted.all.map(({ sighting, quote, first, count, last }) => ({
        sighting,
        quote: { ...quote, count },
        first,
        last: { line: last.line, time: printedAt(last.text, last.stamp) },
      })),
      works: [...this.#worked.all(), ...this.#steps.all()],
      addresses: this.#addresses,
      devices: this.#devices,
      facts: [...this.#facts],
    };
  }

  /** Whole lines, or what a carriage return ends of one; of lines that are cut in parts, what the parts make. */
  #complete(bytes: Buffer): void {
    const lines = bytesWithoutColours(bytes);
    if (this.#begun.length > 0 || !this.#partial.concerns(lines)) {
      this.#search(lines);
      return;
    }
    for (const { bytes, lines: more, first } of this.#partial.pieces(lines, this.#lines)) {
      if (first !== null) this.#joined(bytes, first);
      else if (bytes.length > 0) this.#search(bytes);
      this.#lines += more;
    }
  }

  #joined(line: Buffer, before: number): void {
    this.#anchors.lines(line, (found) => this.#line(line, found, before, longestJoined));
  }

  #search(lines: Buffer): void {
    const before = this.#lines;
    this.#sightAwaited(this.#below.read(lines, 0));
    this.#lines += this.#anchors.lines(lines, (found) => this.#line(lines, found, before));
    this.#steps.lookBack(lines, this.#lines);
    const last = lines.lastIndexOf(newline) + 1;
    if (last > 0) this.#begun = Buffer.alloc(0);
    if (last < lines.length && this.#begun.length === 0) this.#begun = Buffer.from(lines.subarray(last, last + longestPrefix));
  }

  #line(lines: Buffer, { start, end, lineStart, before, texts: held }: FoundLine, linesBefore: number, longest = longestLine): void {
    const { texts, who: told, stamp, altered } = unwrapped(lines.toString('utf8', start, Math.min(end, start + longest)));
    const begun = before === 0 && this.#begun.length > 0 ? this.#begun : start > lineStart ? lines.subarray(lineStart, lineStart + longestPrefix) : null;
    const who = (told?.vouched === true || begun === null ? told : (printerOf(begun) ?? told)) ?? this.#owner;
    const among = altered ? undefined : recognisersOf(held);
    const isFact = altered || holdsFact(held);
    const line = linesBefore + before + 1;
    let i = 0;
    for (const text of texts) {
      i++;
      if (isFact) this.#fact(text, who);
      const sighting = sightingIn(text, who, among);
      if (sighting === null) continue;
      if (sighting.signature.subject === 'progress') this.#worked.add(sighting.signature, who, { text, stamp, line });
      else if (sighting.signature.below === undefined) this.#sight(sighting, text, stamp, line);
      else {
        this.#sightAwaited(this.#below.begin({ sighting, text, stamp, line }, texts.slice(i)));
        this.#sightAwaited(this.#below.read(lines, end + 1));
      }
      if (sighting.signature.subject !== 'progress') this.#steps.sighted(line);
    }
  }

  #sightAwaited(awaited: Awaited | null): void {
    if (awaited !== null) this.#sight(awaited.sighting, awaited.text, awaited.stamp, awaited.line);
  }

  #sight(sighting: Sighting, text: string, stamp: string | number | null, line: number): void {
    this.#recognised++;
    const known = this.#sighted.get(sighting);
    if (known !== undefined) {
      known.count++;
      known.last.line = line;
      known.last.text = text;
      known.last.stamp = stamp;
      // Where nobody is told to have printed them, lines may be of several pods, one after the other.
      if (sighting.who === null) known.first = earlier(known.first, printedAt(text, stamp));
    } else if (this.#sighted.size < mostKept)
      this.#sighted.add(sighting, {
        sighting,
        quote: { file: this.#file, line, text: quoted(text) },
        first: printedAt(text, stamp),
        count: 1,
        last: { line, text, stamp },
      });
    else this.#unkept++;
  }

  #fact(text: string, who: Printer | null): void {
    const nccl = version.exec(text);
    if (nccl !== null && this.#facts.size < 20) this.#facts.add(`NCCL ${nccl[1]}`);
    this.#worked.begun(text, who);
    const using = bootstrap.exec(text);
    if (using === null) return;
    const [, device = '', address = ''] = using;
    if (this.#facts.size < 20) this.#facts.add(`NCCL sets up over ${device}`);
    if (this.#devices.size < mostKept) this.#devices.set(canonical(address), device);
    if (who !== null && this.#addresses.size < mostKept) this.#addresses.set(canonical(address), who.name);
  }
}

/** Whether one of the texts that a line holds tells of NCCL itself. */
function holdsFact(held: readonly number[]): boolean {
  for (const text of held) if (text >= anchors.length) return true;
  return false;
}

/** The first of two times, as far as they compare. */
function earlier(a: LogTime | null, b: LogTime | null): LogTime | null {
  return a !== null && b !== null && a.zoned === b.zoned && b.at < a.at ? b : a;
}

/** Who printed a line that began so. */
function printerOf(begun: Buffer): Printer | null {
  const end = begun.indexOf(carriageReturn);
  return unwrapped(begun.toString('utf8', 0, end < 0 ? begun.length : end)).who;
}
