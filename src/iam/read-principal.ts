import { type Reader, shown } from '../kernel/reader.ts';
import { readElements, readTexts } from './elements.ts';
import type { Principal, PrincipalPart } from './policy.ts';

const sorts = ['AWS', 'Federated', 'Service', 'CanonicalUser'] as const;

/** Reads Principal or NotPrincipal: `"*"`, or lists by sort. Source: IAM user guide, "IAM JSON policy elements: Principal". */
export function readPrincipal(at: Reader, not: boolean): PrincipalPart {
  if (at.kind === 'a string') {
    if (at.value !== '*') at.error('bad-principal', `${shown(at.value)} names nobody: a principal is "*", or an object such as {"AWS": "…"}.`);
    return { not, principals: [{ type: 'everyone' }] };
  }
  const name = not ? 'NotPrincipal' : 'Principal';
  if (!readElements(at, name, sorts)) return { not, principals: [] };
  if (at.keys().length === 0) at.error('bad-principal', `${name} names nobody.`, 'Name who is meant.');
  const principals = sorts.flatMap((sort) => readTexts(at.field(sort)).flatMap(({ text, at: item }) => readOne(item, sort, text)));
  return { not, principals };
}

function readOne(at: Reader, sort: (typeof sorts)[number], text: string): readonly Principal[] {
  if (sort === 'AWS') return readAws(at, text);
  if (text.includes('*') || text.includes('?')) {
    at.error('bad-principal', `${shown(text)}: a ${sort} principal is compared whole, so a wildcard in it matches nobody.`, 'Name it in full.');
    return [];
  }
  return [{ type: sort, id: text }];
}

function readAws(at: Reader, text: string): readonly Principal[] {
  if (text === '*') return [{ type: 'everyone' }];
  if (/^\d{12}$/.test(text)) return [{ type: 'account', id: text }];
  if (text.includes('*') || text.includes('?')) {
    at.error(
      'bad-principal',
      `${shown(text)}: a wildcard cannot stand for a part of a principal; IAM refuses it.`,
      'Use "*" and a condition ArnLike on aws:PrincipalArn.',
    );
    return [];
  }
  const [arn, , service, , account = '', ...rest] = text.split(':');
  const path = rest.join(':');
  if (arn !== 'arn' || !/^\d{12}$/.test(account)) {
    // What a deleted role or user leaves behind. Source: IAM user guide, unique identifiers (AIDA…, AROA…).
    if (/^A[A-Z0-9]{15,127}$/.test(text)) {
      at.warning('gone-principal', `${shown(text)} is the id of a role or user that is gone; it matches nobody.`, 'Remove it.');
      return [{ type: 'AWS', id: text }];
    }
    at.error('bad-principal', `${shown(text)} is no principal; expected "*", an account id of 12 digits, or the ARN of a role, user or session.`);
    return [];
  }
  if (service === 'iam' && path === 'root') return [{ type: 'account', id: account }];
  if (service === 'sts' && path.startsWith('assumed-role/')) return [{ type: 'session', id: text }];
  return [{ type: 'AWS', id: text }];
}
