import { createHash } from 'node:crypto';

/** The digest that a certificate names a text by: SHA-256 of it in UTF-8, in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
