import type { LabelSelector, Requirement, SelectorTerm } from '../../model/labels.ts';

/** The text of a selector, null when it has none: a value with both sorts of quotes. The empty selector is `all()`. */
export function selectorExpression(selector: LabelSelector): string | null {
  const parts = [...selector.requirements.map(requirementText), ...(selector.terms ?? []).map(termText)];
  if (parts.some((part) => part === null)) return null;
  return parts.length === 0 ? 'all()' : parts.join(' && ');
}

function requirementText({ key, operator, values }: Requirement): string | null {
  if (operator === 'Exists') return `has(${key})`;
  if (operator === 'DoesNotExist') return `!has(${key})`;
  const [only] = values;
  const is = operator === 'In';
  if (values.length === 1 && only !== undefined) return glue(`${key} ${is ? '==' : '!='} `, [only], '');
  return glue(`${key} ${is ? 'in' : 'not in'} { `, values, ' }');
}

function glue(before: string, values: readonly string[], after: string): string | null {
  const quoted = values.map(quote);
  return quoted.some((value) => value === null) ? null : `${before}${quoted.join(', ')}${after}`;
}

/** There are no escapes, so a value takes the quotes that it does not hold. */
function quote(value: string): string | null {
  return !value.includes("'") ? `'${value}'` : !value.includes('"') ? `"${value}"` : null;
}

function termText(term: SelectorTerm): string | null {
  switch (term.kind) {
    case 'text':
      return glue(`${term.key} ${term.how.replace('-', ' ')} `, [term.value], '');
    case 'not': {
      const inner = selectorExpression(term.selector);
      return inner === null ? null : `!(${inner})`;
    }
    case 'any-of': {
      if (term.selectors.length === 0) return '!all()';
      const parts = term.selectors.map(selectorExpression);
      return parts.some((part) => part === null) ? null : `(${parts.map((part) => `(${part})`).join(' || ')})`;
    }
  }
}
