import type { Origin } from '../../kernel/origin.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import { ruleOf } from './rules.ts';

/** What a check says beside its rule. */
interface Said {
  readonly message: string;
  readonly primary: Origin | null;
  readonly related?: Finding['related'];
  readonly fix?: string;
  readonly subjects?: readonly string[];
  readonly severity?: Severity;
}

/** A finding of a rule. */
export function found(slug: string, { message, primary, related = [], fix, subjects = [], severity }: Said): Finding {
  const rule = ruleOf(slug);
  return { check: slug, severity: severity ?? rule.severity, confidence: 'certain', message, primary, related, fix: fix ?? rule.fix, subjects };
}

/** `a, b and 3 more`: names, the first few of them. */
export function some(names: readonly string[], shownAtMost = 4): string {
  const unique = [...new Set(names)];
  const rest = unique.length - shownAtMost;
  if (rest > 0) return `${unique.slice(0, shownAtMost).join(', ')} and ${rest} more`;
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
}
