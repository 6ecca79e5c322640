import { isAscii, isUtf8 } from 'node:buffer';

/** Text, or where the bytes stop being text: 1-based line and byte of that line. */
export type Decoded = { readonly text: string } | { readonly line: number; readonly byte: number; readonly encoding: string };

/**
 * The text in bytes: UTF-8, or UTF-16 that starts with a byte order mark. The mark is dropped. Invalid bytes are never replaced.
 * Source: YAML 1.2.2 §5.2.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'utf-16be');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // ASCII as Latin-1 takes one byte a character, which matters for lists of hundreds of megabytes.
  if (isAscii(buffer)) return { text: buffer.toString('latin1') };
  if (!isUtf8(buffer)) return { ...lineAt(bytes, firstInvalid(bytes)), encoding: 'UTF-8' };
  const text = buffer.toString('utf8');
  return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
}

function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Decoded {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return { line: 1, byte: 1, encoding: 'UTF-16' };
  }
}

/** Bytes that are looked at together. */
const block = 4096;

/** The offset of the first byte that is no UTF-8. Source: RFC 3629 §4. */
function firstInvalid(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; ) {
    const end = characterStart(bytes, Math.min(at + block, bytes.length));
    if (end > at + 4 && isUtf8(bytes.subarray(at, end))) {
      at = end;
      continue;
    }
    const lead = bytes[at] ?? 0;
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (length === 0 || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return bytes.length;
}

/** At or up to three bytes before `at`, where a character may start. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start < bytes.length && at - start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}

function lineAt(bytes: Uint8Array, offset: number): { readonly line: number; readonly byte: number } {
  let line = 1;
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < offset; at = bytes.indexOf(10, at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, byte: offset - start + 1 };
}
