import { isLabelKey, isLabelValue } from '../../model/label-syntax.ts';
import type { LabelSelector, Requirement } from '../../model/labels.ts';

/** Longer texts are no selectors that a person wrote. */
const longest = 4096;

/**
 * A selector as kubectl takes it: `app=web,tier in (a, b),env!=dev,!debug`. A text says why not when it is none.
 * Source: Kubernetes documentation, Labels and Selectors, equality-based and set-based requirements.
 */
export function parseSelector(text: string): LabelSelector | string {
  if (text.length > longest) return `the selector is longer than ${longest} characters`;
  const requirements: Requirement[] = [];
  for (const part of partsOf(text)) {
    const requirement = parseRequirement(part.trim());
    if (typeof requirement === 'string') return requirement;
    requirements.push(requirement);
  }
  return { requirements };
}

/** Cuts at commas outside parentheses. */
function partsOf(text: string): string[] {
  if (text.trim() === '') return [];
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}

function parseRequirement(part: string): Requirement | string {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = '', word = '', list = ''] = set;
    return checked(
      key,
      word === 'in' ? 'In' : 'NotIn',
      list.split(',').map((v) => v.trim()),
    );
  }
  const unequal = part.indexOf('!=');
  if (unequal > 0) return checked(part.slice(0, unequal).trim(), 'NotIn', [part.slice(unequal + 2).trim()]);
  const equal = part.indexOf('=');
  if (equal > 0) return checked(part.slice(0, equal).trim(), 'In', [part.slice(equal + (part[equal + 1] === '=' ? 2 : 1)).trim()]);
  return part.startsWith('!') ? checked(part.slice(1).trim(), 'DoesNotExist', []) : checked(part, 'Exists', []);
}

function checked(key: string, operator: Requirement['operator'], values: readonly string[]): Requirement | string {
  if (!isLabelKey(key)) return `${JSON.stringify(key)} is no label key`;
  const wrong = values.find((v) => !isLabelValue(v));
  return wrong === undefined ? { key, operator, values } : `${JSON.stringify(wrong)} is no label value`;
}
