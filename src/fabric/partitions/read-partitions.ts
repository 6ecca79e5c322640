import type { Origin } from '../../kernel/origin.ts';
import { shown } from '../../kernel/reader.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { baseOf, defaultPartition, keyText } from '../../model/pkey.ts';
import { placeIn } from '../place.ts';
import { cNumber } from './c-number.ts';
import { LineBuffer } from './line-buffer.ts';
import { Lines } from './lines.ts';
import type { Entry, Membership, PartitionsFile, Rejection, Remark, RemarkCode, Who } from './partitions.ts';
import { badGuid, badKey, noDefinition, noKeyLeft, noMulticastAddress, pastFirstLine, type Reason } from './refusals.ts';
import { Registry } from './registry.ts';
import { groupFlags, groupOf, isStartOf, membershipOf } from './words.ts';

/** Bytes of the characters that the grammar is made of. */
const [colon, comma, equals, semicolon, hash, newline, tab, space] = [58, 44, 61, 59, 35, 10, 9, 32] as const;

/** A word of the file and what stands after its `=`: the text, and where it starts in the buffer. */
interface Token {
  readonly name: string;
  readonly nameAt: number;
  /** Null: there was no `=`. */
  readonly value: string | null;
  readonly valueAt: number;
  /** How far the parser moves on. */
  readonly length: number;
}

/** A partition that has been started and not yet ended by `;`. */
interface Open {
  base: number | null;
  membership: Membership;
  indexZero: boolean;
  ipoib: boolean;
}

class Refused extends Error {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(rejection.says);
    this.rejection = rejection;
  }
}

/**
 * Reads a `partitions.conf` as OpenSM does, faults and all: the same walk over the same buffer, with the place of each word kept.
 * Source: opensm osm_prtn_config.c (osm_prtn_config_parse_file and what it calls), 3.3.23 and 3.3.24.
 */
export function readPartitions(source: SourceText): PartitionsFile {
  return new PartitionsReader(source).read();
}

class PartitionsReader {
  readonly #file: string;
  readonly #lines: Lines;
  readonly #buffer: LineBuffer;
  readonly #registry = new Registry();
  readonly #entries: Entry[] = [];
  readonly #remarks: Remark[] = [];
  readonly #crlf: boolean;
  #open: Open | null = null;

  constructor(source: SourceText) {
    this.#file = source.file;
    this.#lines = new Lines(source);
    this.#buffer = new LineBuffer(this.#lines.bytes);
    this.#crlf = source.text.includes('\r\n');
  }

  read(): PartitionsFile {
    let rejected: Rejection | null = null;
    try {
      this.#walk();
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      rejected = refused.rejection;
    }
    return { file: this.#file, partitions: this.#registry.all(), entries: this.#entries, rejected, remarks: this.#remarks };
  }

  #walk(): void {
    const buffer = this.#buffer;
    let anything = false;
    while (buffer.read()) {
      if (buffer.continues)
        this.#remark('line-split', 0, 1, null, 'This line is longer than 4094 bytes: OpenSM reads it in pieces, and a comment in it ends with its piece.');
      const comment = buffer.find(0, hash);
      if (comment >= 0) buffer.cut(comment);
      let at = 0;
      for (;;) {
        while (isBlank(buffer.at(at))) at++;
        if (buffer.strayed) throw this.#refused(pastFirstLine, buffer.end, buffer.end);
        if (buffer.at(at) === 0) break;
        if (at > buffer.end)
          this.#remark('reads-past-line', buffer.end, buffer.end, null, 'OpenSM reads on behind the end of this line, in what an earlier line left in memory.');
        this.#open ??= { base: null, membership: 'limited', indexZero: false, ipoib: false };
        const end = buffer.find(at, semicolon);
        if (end >= 0) buffer.cut(end);
        at += this.#definition(this.#open, at);
        if (buffer.strayed) throw this.#refused(pastFirstLine, buffer.end, buffer.end);
        anything = true;
        if (end < 0) break;
        this.#open = null;
      }
    }
    if (!anything)
      throw new Refused({
        says: 'Partition configuration in error; retrying with default config',
        cause: 'there is no partition in this file',
        fix: 'Define at least the default partition: Default=0x7fff : ALL=limited, SELF=full ;',
        origin: placeIn(this.#file, 1),
        related: null,
      });
  }

  /** One stretch up to `;` or the end of the line. Returns how far the parser gets. */
  #definition(open: Open, from: number): number {
    const buffer = this.#buffer;
    const first = buffer.at(from);
    // The stretch may be empty (a second `;`): the parser then steps over its end and goes on in what follows.
    let at = first === 0 || first === tab || first === newline ? from + 1 : from;
    if (open.base === null) at = this.#header(open, at);
    for (;;) {
      const next = buffer.find(at, comma);
      if (next >= 0) buffer.cut(next);
      const token = this.#token(at);
      at += token.length;
      if (token.name === 'mgid') return at + this.#multicast(token, at) - from;
      this.#member(open, token);
      if (next < 0) return at - from;
    }
  }

  /** `Name=key, flag=value :`. Returns where the members start. */
  #header(open: Open, from: number): number {
    const buffer = this.#buffer;
    const end = buffer.find(from, colon);
    if (end < 0) throw this.#noDefinition(from);
    buffer.cut(end);
    let next = buffer.find(from, comma);
    if (next >= 0) buffer.cut(next);
    const token = this.#token(from);
    let at = from + token.length;
    while (next >= 0) {
      next = buffer.find(at, comma);
      if (next >= 0) buffer.cut(next);
      const flag = this.#token(at);
      at += flag.length;
      this.#flag(open, flag);
    }
    this.#create(open, token);
    return at;
  }

  #create(open: Open, token: Token): void {
    const named = token.value !== null || !/^[0-9]/.test(token.name);
    const [id, idAt] = token.value !== null ? [token.value, token.valueAt] : [token.name, token.nameAt];
    const origin = this.#place(token.nameAt, token.nameAt + token.name.length);
    let asked: number | null = null;
    if (token.value !== null || !named) {
      const number = cNumber(id);
      if (!number.read || number.rest !== '') throw this.#refused(badKey(id), idAt, idAt + id.length);
      asked = baseOf(Number(number.value & 0xffffn));
      if (number.value > 0x7fffn)
        this.#remark('number-cut', idAt, idAt + id.length, 'more', `${shown(id)} is partition ${keyText(asked)}: OpenSM drops all but the low 15 bits.`);
    }
    const name = named ? token.name : null;
    const made = this.#registry.define(asked ?? 0, name, { name: name ?? '', origin, ipoib: open.ipoib, indexZero: open.indexZero });
    if (made === null) throw this.#refused(noKeyLeft, token.nameAt, token.nameAt + token.name.length);
    if (made.madeUp)
      this.#remark(
        'number-made-up',
        token.nameAt,
        token.nameAt + token.name.length,
        null,
        `The partition ${shown(made.name)} has no key: OpenSM gives it ${keyText(made.base)}, the next free in the order of the file.`,
      );
    if (made.before !== null && name !== made.before && made.base !== defaultPartition)
      this.#remark(
        'number-shared',
        token.nameAt,
        idAt + id.length,
        'more',
        `${name === null ? keyText(made.base) : shown(name)} is one partition with ${shown(made.before)}: both have the number ${keyText(made.base)}, for the top bit is no part of it.`,
      );
    open.base = made.base;
  }

  #flag(open: Open, { name, nameAt, value, valueAt }: Token): void {
    if (groupFlags.some((flag) => isStartOf(name, flag))) return;
    const end = nameAt + name.length;
    if (isStartOf(name, 'ipoib')) {
      open.ipoib = true;
      if (name !== 'ipoib') this.#remark('flag-abbreviated', nameAt, end, null, `${shown(name)} counts as ipoib.`);
      return;
    }
    if (isStartOf(name, 'defmember')) {
      const membership = value === null ? undefined : membershipOf(value);
      if (membership === undefined) {
        const written = value === null ? 'defmember without a value' : `defmember=${value}`;
        this.#remark(
          'defmember-ignored',
          nameAt,
          Math.max(end, valueAt + (value ?? '').length),
          'less',
          `${shown(written)} has no effect: members stay ${open.membership}.`,
        );
        return;
      }
      if (value !== membership || name !== 'defmember')
        this.#remark(
          'membership-abbreviated',
          nameAt,
          valueAt + (value ?? '').length,
          membership === 'limited' ? null : 'more',
          `${shown(`${name}=${value ?? ''}`)} makes members ${membership}.`,
        );
      open.membership = membership;
      return;
    }
    if (name === 'indx0') open.indexZero = true;
    else this.#remark('flag-unknown', nameAt, end, 'less', `${shown(name)} is no flag of a partition: OpenSM leaves it out without a word.`);
  }

  #member(open: Open, token: Token): void {
    const { name, nameAt, value, valueAt } = token;
    const end = value === null ? nameAt + name.length : valueAt + value.length;
    if (isStartOf(name, 'NONE')) return;
    const group = groupOf(name);
    let who: Who;
    if (group === undefined) {
      const number = cNumber(name);
      if (number.value === 0n || number.rest !== '') throw this.#badGuid(open, token, end);
      who = { kind: 'port', guid: number.value.toString(16).padStart(16, '0') };
    } else {
      who = group.who;
      if (name !== group.word) this.#remark('member-abbreviated', nameAt, nameAt + name.length, 'more', `${shown(name)} counts as ${group.word}.`);
    }
    const membership = value === null ? open.membership : this.#membership(value, nameAt, end);
    this.#entries.push({ base: open.base ?? 0, who, membership, indexZero: open.indexZero, origin: this.#place(nameAt, end) });
  }

  #membership(value: string, from: number, end: number): Membership {
    const membership = membershipOf(value);
    if (membership === undefined) {
      this.#remark('membership-unknown', from, end, 'less', `${shown(`=${value}`)} is no membership: OpenSM takes it for limited, without a word.`);
      return 'limited';
    }
    if (value === '') this.#remark('membership-empty', from, end, 'more', 'Nothing stands after the "=": OpenSM takes it for full.');
    else if (value !== membership)
      this.#remark(
        'membership-abbreviated',
        from,
        end,
        membership === 'limited' ? null : 'more',
        `${shown(`=${value}`)} is ${membership}: OpenSM compares as many letters as there are.`,
      );
    return membership;
  }

  /** A multicast group takes the rest of its line. Returns how far the parser gets. */
  #multicast(token: Token, from: number): number {
    const end = token.nameAt + token.name.length;
    if (token.value === null) throw this.#refused(noMulticastAddress, token.nameAt, end);
    if (!isMulticast(token.value)) {
      this.#remark(
        'multicast-refused',
        token.nameAt,
        token.valueAt + token.value.length,
        null,
        `${shown(token.value)} is no multicast address: OpenSM takes what follows it on the line for something else.`,
      );
      return 0;
    }
    const buffer = this.#buffer;
    let at = from;
    for (;;) {
      const next = buffer.find(at, comma);
      if (next >= 0) buffer.cut(next);
      at += this.#token(at).length;
      if (next < 0) return at - from;
    }
  }

  /** A word with what its `=` gives it, without the blanks around both. The buffer is cut as OpenSM cuts it. */
  #token(from: number): Token {
    const buffer = this.#buffer;
    const whole = buffer.endOf(from);
    const sign = buffer.find(from, equals);
    const nameEnd = sign < 0 ? whole : sign;
    buffer.cut(nameEnd);
    const name = this.#trimmed(from, nameEnd);
    if (sign < 0) return { name: name.text, nameAt: name.at, value: null, valueAt: name.at, length: whole - from + 1 };
    const value = this.#trimmed(sign + 1, whole);
    return { name: name.text, nameAt: name.at, value: value.text, valueAt: value.at, length: whole - from + 1 };
  }

  #trimmed(from: number, end: number): { readonly text: string; readonly at: number } {
    let [start, stop] = [from, end];
    while (start < stop && isBlank(this.#buffer.at(start))) start++;
    while (stop > start && isBlank(this.#buffer.at(stop - 1))) this.#buffer.cut(--stop);
    return { text: this.#buffer.text(start, stop), at: start };
  }

  #noDefinition(from: number): Refused {
    const text = this.#buffer.text(from).trimEnd();
    return this.#refused(noDefinition(text, { pastLine: from > this.#buffer.end, crlf: this.#crlf }), from, from + Math.max(1, text.length));
  }

  #badGuid(open: Open, { name, nameAt }: Token, end: number): Refused {
    const previous = this.#entries.at(-1);
    const here = this.#place(nameAt, end);
    const startsPartition = this.#lines.holdsColon(this.#buffer.offset(nameAt));
    const unended = startsPartition && previous !== undefined && previous.base === open.base && Number(previous.origin.path[0]) < Number(here.path[0]);
    return this.#refused(badGuid(name, { unended, crlf: this.#crlf }), nameAt, end, unended ? previous.origin : null);
  }

  #refused({ says, cause, fix }: Reason, at: number, end: number, related: Origin | null = null): Refused {
    const line = says === 'Segmentation fault' ? says : `PARSE ERROR: line ${this.#buffer.reads}: ${says}`;
    return new Refused({ says: line, cause, fix, origin: this.#place(at, end), related });
  }

  #remark(code: RemarkCode, at: number, end: number, effect: Remark['effect'], message: string): void {
    this.#remarks.push({ code, message, origin: this.#place(at, end), effect });
  }

  #place(at: number, end: number): Origin {
    // What stands behind the end was left by an earlier line; the fault is this line's.
    if (at > this.#buffer.end) return this.#lines.whole(this.#buffer.offset(0));
    return this.#lines.place(this.#buffer.offset(at), this.#buffer.offset(end));
  }
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab || byte === newline;
}

/** Whether OpenSM takes an address for that of a multicast group: IPv6 notation, first byte ff. Source: opensm osm_prtn_config.c (mgroup_create). */
function isMulticast(text: string): boolean {
  return text.length <= 45 && /^ff[0-9a-f]{2}:/i.test(text) && /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}
