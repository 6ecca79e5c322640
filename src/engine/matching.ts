import type { Gap } from '../model/verdict.ts';

/** Whether something matches, and, when that is not known, what is missing. */
export interface Match {
  readonly is: 'yes' | 'no' | 'maybe';
  readonly gaps: readonly Gap[];
}

export const yes: Match = { is: 'yes', gaps: [] };
export const no: Match = { is: 'no', gaps: [] };

export function maybe(code: string, text: string, mend: string): Match {
  return { is: 'maybe', gaps: [{ code, text, mend }] };
}

/** Both must match. */
export function and(a: Match, b: Match): Match {
  if (a.is === 'no' || b.is === 'no') return no;
  if (a.is === 'yes') return b;
  return b.is === 'yes' ? a : { is: 'maybe', gaps: [...a.gaps, ...b.gaps] };
}

/** Any may match. */
export function anyOf(matches: Iterable<Match>): Match {
  const gaps: Gap[] = [];
  let is: Match['is'] = 'no';
  for (const m of matches) {
    if (m.is === 'yes') return yes;
    if (m.is === 'maybe') {
      is = 'maybe';
      gaps.push(...m.gaps);
    }
  }
  return { is, gaps };
}
