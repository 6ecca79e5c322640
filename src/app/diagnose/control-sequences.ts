/** Select Graphic Rendition and other control sequences, as terminals read them. Source: ECMA-48 §5.4. */
const escapeCharacter = String.fromCharCode(27);
const sequence = new RegExp(`${escapeCharacter}\\[[0-9;]{0,32}[A-Za-z]`, 'g');

/** The same in strings of JSON, which may stand in each other. Source: RFC 8259 §7. */
const escapedMark = 'u001b[';
const either = new RegExp(`(?:${escapeCharacter}|\\\\{1,8}u001b)\\[[0-9;]{0,32}[A-Za-z]`, 'g');

/** Whether a text has the character with which control sequences begin. */
export function isColoured(text: string): boolean {
  return text.includes(escapeCharacter);
}

/** A text without its control sequences. */
export function withoutColours(text: string): string {
  return isColoured(text) ? text.replace(sequence, '') : text;
}

/** Bytes of a log without control sequences: they can stand in the midst of what is searched for. They hold no end of a line, so that lines stay as many. */
export function bytesWithoutColours(bytes: Buffer): Buffer {
  if (!bytes.includes(27) && !bytes.includes(escapedMark, 0, 'latin1')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(either, ''), 'latin1');
}
