/** A statement of an AWS policy, as its JSON grammar has it. Source: IAM user guide, JSON policy element reference. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** A document; where two statements would share a Sid, which AWS refuses, the later ones are numbered. */
export function policyDocument(statements: readonly Statement[]): PolicyDocument {
  const seen = new Map<string, number>();
  return {
    Version: '2012-10-17',
    Statement: statements.map((statement) => {
      const before = seen.get(statement.Sid) ?? 0;
      seen.set(statement.Sid, before + 1);
      return before === 0 ? statement : { ...statement, Sid: `${statement.Sid}${before + 1}` };
    }),
  };
}

/** A Sid may hold letters and digits only: `clean-web` becomes `CleanWeb`. */
export function sid(...words: readonly string[]): string {
  return words
    .flatMap((word) => word.split(/[^A-Za-z0-9]+/))
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
