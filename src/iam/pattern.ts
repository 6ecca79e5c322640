/**
 * What a wildcard stands for: any text, or text without ":" (a part of an ARN, as the Arn operators compare them). Templates of resources know two more:
 * text without ":" and "/" (the name of a bucket), and digits (an account).
 */
export type WildReach = 'anything' | 'component' | 'segment' | 'digit';

/** Whether a wildcard can stand for this character. */
export function standsFor(of: WildReach, c: string): boolean {
  switch (of) {
    case 'anything':
      return true;
    case 'component':
      return c !== ':';
    case 'segment':
      return c !== ':' && c !== '/';
    case 'digit':
      return c >= '0' && c <= '9';
  }
}

/** A piece of a pattern. `variable` is a condition key in lower case whose value stands here, taken literally; `otherwise` what does when it has none. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' | 'many'; readonly of: WildReach }
  | { readonly kind: 'variable'; readonly key: string; readonly otherwise: string | null };

/** Text with wildcards and variables, of an Action, a Resource or a condition's value. */
export interface Pattern {
  /** As written. */
  readonly source: string;
  readonly parts: readonly Part[];
  readonly ignoreCase: boolean;
}

/** How a text is to be read. */
export interface PatternSyntax {
  /** `*` and `?` stand for other text. `by-component`: in the first five parts of an ARN they never stand for ":". */
  readonly wildcards: 'none' | 'anywhere' | 'by-component';
  /** `${…}` are variables: in policies of version 2012-10-17 only. */
  readonly variables: boolean;
  readonly ignoreCase: boolean;
}

/** Parts of an ARN that the Arn operators compare one by one; all that follows is the sixth. Source: IAM user guide, ARN condition operators. */
const separatedComponents = 5;

/** Reads a pattern; every text is one. Source: IAM user guide, "IAM policy elements: variables and tags" (`${*}`, `${?}`, `${$}` are the characters themselves). */
export function readPattern(source: string, { wildcards, variables, ignoreCase }: PatternSyntax): Pattern {
  const parts: Part[] = [];
  let text = '';
  let colons = 0;
  const end = (): void => {
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
  };
  for (let i = 0; i < source.length; i++) {
    const c = source.charAt(i);
    const close = variables && source.startsWith('${', i) ? source.indexOf('}', i) : -1;
    if (close > 0) {
      const inside = source.slice(i + 2, close);
      i = close;
      if (inside === '*' || inside === '?' || inside === '$') text += inside;
      else {
        end();
        parts.push(readVariable(inside));
      }
    } else if (wildcards !== 'none' && (c === '*' || c === '?')) {
      end();
      const of = wildcards === 'by-component' && colons < separatedComponents ? 'component' : 'anything';
      const kind = c === '*' ? 'many' : 'one';
      const last = parts.at(-1);
      if (kind !== 'many' || last?.kind !== 'many' || last.of !== of) parts.push({ kind, of });
    } else {
      if (c === ':') colons++;
      text += c;
    }
  }
  end();
  return { source, parts, ignoreCase };
}

/** `key` or `key, 'default'`. */
function readVariable(inside: string): Part {
  const comma = inside.indexOf(',');
  const key = (comma < 0 ? inside : inside.slice(0, comma)).trim().toLowerCase();
  const rest = comma < 0 ? '' : inside.slice(comma + 1).trim();
  const quoted = rest.length >= 2 && rest.startsWith("'") && rest.endsWith("'");
  return { kind: 'variable', key, otherwise: comma < 0 ? null : quoted ? rest.slice(1, -1) : rest };
}

/** Pattern of exactly this text. */
export function exactPattern(source: string): Pattern {
  return { source, parts: source === '' ? [] : [{ kind: 'text', text: source }], ignoreCase: false };
}

/** Whether it has as many parts as an ARN; the Arn operators are about nothing else. */
export function isArnPattern(source: string): boolean {
  return source.split(':').length > separatedComponents;
}

/** The keys of its variables. */
export function variablesOf({ parts }: Pattern): readonly string[] {
  return parts.flatMap((p) => (p.kind === 'variable' ? [p.key] : []));
}
