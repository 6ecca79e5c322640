import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';

/** Bytes that are unpacked at a time; of a damaged file, what these hold is lost. They become a thousand times as many at the most (zlib, deflate's limit). */
const packedAtOnce = 16_384;

/** Bytes of what is unpacked that come at a time. */
const chunkSize = 1 << 20;

/** Flags of a header. Source: RFC 1952 §2.3.1. */
const flags = { crc: 2, extra: 4, name: 8, comment: 16 };

/** Longest text that a header may hold: names of files are shorter. */
const longestText = 65_536;

const damaged = 'the packed file is damaged; what came before counts';
const brokenOff = 'the packed file breaks off; what came before counts';

/**
 * Unpacks a gzip file, member after member (RFC 1952 §2.2), as gzip(1) does: what whole members hold always comes. Bytes after the last that are no member are an
 * error at the end, with their number; zeros, with which tapes and blocks are padded, are none.
 */
export async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new Source(bytes);
  while (await skipHeader(source)) yield* member(source);
  let rest = 0;
  let isPadding = true;
  for (let some = await source.atLeast(1); some.length > 0; some = await source.atLeast(1)) {
    isPadding &&= some.every((byte) => byte === 0);
    rest += some.length;
    source.drop(some.length);
  }
  if (!isPadding) throw new Error(`after what is packed come ${rest} bytes that are no gzip, and they were not read; the lines before them count`);
}

/** Reads a header; false, with nothing taken, where none stands. */
async function skipHeader(source: Source): Promise<boolean> {
  const [id1, id2, method, flag = 0] = await source.atLeast(10);
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8) return false;
  source.drop(10);
  if ((flag & flags.extra) !== 0) {
    const [low = 0, high = 0] = await source.take(2);
    await source.take(low + 256 * high);
  }
  if ((flag & flags.name) !== 0) await skipText(source);
  if ((flag & flags.comment) !== 0) await skipText(source);
  if ((flag & flags.crc) !== 0) await source.take(2);
  return true;
}

async function skipText(source: Source): Promise<void> {
  for (let wanted = 64; wanted <= longestText; wanted *= 2) {
    const some = await source.atLeast(wanted);
    const end = some.indexOf(0);
    if (end >= 0) return source.drop(end + 1);
    if (some.length < wanted) throw new Error(brokenOff);
  }
  throw new Error(damaged);
}

/** The body of a member, and its trailer. */
async function* member(source: Source): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize });
  let out: Buffer[] = [];
  let hasEnded = false;
  inflate.on('data', (chunk: Buffer) => out.push(chunk));
  inflate.on('end', () => {
    hasEnded = true;
  });
  let crc = 0;
  let size = 0;
  try {
    while (!hasEnded) {
      const piece = Buffer.from((await source.atLeast(1)).subarray(0, packedAtOnce));
      const before = inflate.bytesWritten;
      await (piece.length === 0 ? ended(inflate) : written(inflate, piece));
      source.drop(inflate.bytesWritten - before);
      for (const chunk of out) {
        crc = crc32(chunk, crc);
        size = (size + chunk.length) % 2 ** 32;
        yield chunk;
      }
      out = [];
    }
  } finally {
    inflate.destroy();
  }
  const trailer = await source.take(8);
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size) throw new Error(damaged);
}

/** Waits until a piece is unpacked, or as much of it as the member has. */
function written(inflate: InflateRaw, piece: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    inflate.once('error', reject);
    inflate.write(piece, () => {
      inflate.off('error', reject);
      // The end, if it is there, is told after the piece is.
      setImmediate(resolve);
    });
  });
}

function ended(inflate: InflateRaw): Promise<void> {
  return new Promise((resolve, reject) => {
    inflate.once('error', reject);
    inflate.once('end', resolve);
    inflate.end();
  });
}

/** Bytes that come in pieces of any size. */
class Source {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  /** That many of the next bytes, or more; fewer where the file ends. They are not taken. */
  async atLeast(wanted: number): Promise<Buffer> {
    while (this.#rest.length < wanted) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      const piece = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
      this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    }
    return this.#rest;
  }

  drop(taken: number): void {
    this.#rest = this.#rest.subarray(taken);
  }

  /** The next bytes; an error where the file ends before. */
  async take(wanted: number): Promise<Buffer> {
    const some = await this.atLeast(wanted);
    if (some.length < wanted) throw new Error(brokenOff);
    this.drop(wanted);
    return some.subarray(0, wanted);
  }
}
