import { z } from 'zod';
import { parseCidr, parseIp } from '../space/ip-set.ts';

/** Texts with a grammar that zone fields share. Each says what it expected; lengths are bounded before any pattern runs. */

/** RFC 1123 label. Source: kubernetes/apimachinery util/validation IsDNS1123Label. */
export const dnsLabel: z.ZodType<string, string> = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, { error: (issue) => `expected a name of lower-case letters, digits and dashes, found ${shown(issue.input)}` });

/** DNS compares names without case, and a dot at the end only says that the name is whole. Source: RFC 4343 §3, RFC 1034 §3.1. */
const dnsName = z
  .string()
  .max(254)
  .toLowerCase()
  .overwrite((text) => (text.endsWith('.') ? text.slice(0, -1) : text))
  .max(253);

/** A DNS name of at least two labels, without wildcard: an exact host; in lower case and without the dot at its end. Source: RFC 1123 §2.1. */
export const hostName: z.ZodType<string, string> = dnsName.refine(
  (text) => text.includes('.') && text.split('.').every((label) => /^[a-z0-9_](?:[-a-z0-9_]{0,61}[a-z0-9_])?$/.test(label)),
  {
    error: (issue) => `expected an exact host name, such as s3.example.com (no scheme, port or wildcard), found ${shown(issue.input)}`,
  },
);

/** A DNS domain: one label or more. */
export const domainName: z.ZodType<string, string> = dnsName.refine(
  (text) => text.split('.').every((label) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(label)),
  {
    error: (issue) => `expected a domain, such as cluster.local, found ${shown(issue.input)}`,
  },
);

/** Source: kubernetes/apimachinery util/validation IsQualifiedName. */
export const labelKey: z.ZodType<string, string> = z.string().refine(
  (text) => {
    const slash = text.indexOf('/');
    const prefix = slash < 0 ? null : text.slice(0, slash);
    const name = text.slice(slash + 1);
    return (
      (prefix === null || (prefix.length <= 253 && prefix.split('.').every((label) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(label)))) &&
      name.length <= 63 &&
      /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name)
    );
  },
  { error: (issue) => `expected a label key such as app or example.com/app, found ${shown(issue.input)}` },
);

/** Source: kubernetes/apimachinery util/validation IsValidLabelValue. */
export const labelValue: z.ZodType<string, string> = z
  .string()
  .max(63)
  .regex(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, {
    error: (issue) => `expected a label value (letters, digits, -, _ and ., 63 at most), found ${shown(issue.input)}`,
  });

/** Labels as in metadata.labels; may be empty. */
export const labels: z.ZodType<Record<string, string>, Record<string, string>> = z.record(labelKey, labelValue);

/** Labels that choose something: at least one, because none would choose everything. */
export const selector: z.ZodType<Record<string, string>, Record<string, string>> = labels.refine((value) => Object.keys(value).length > 0, {
  error: 'expected at least one label: an empty selector would select everything',
});

/** CIDR text without host bits, either family. */
export const cidr: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  const parsed = parseCidr(text);
  if (parsed === undefined)
    context.addIssue({ code: 'custom', message: `expected a CIDR such as 10.20.0.0/16 or fd00::/8, found ${shown(text)}`, input: text });
  else if (parsed.hadHostBits)
    context.addIssue({ code: 'custom', message: `${shown(text)} has bits set beyond its prefix; write ${parsed.text}`, input: text });
});

export const cidrs: z.ZodType<string[], string[]> = z.array(cidr);

export const ipAddress: z.ZodType<string, string> = z
  .string()
  .refine((text) => parseIp(text) !== undefined, { error: (issue) => `expected an IP address, found ${shown(issue.input)}` });

/** Free text on one line, without characters that could break out of a comment or steer a terminal. */
export function plain(longest: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(longest)
    .refine((text) => /^[\x20-\x7e]*$/.test(text), { error: () => 'expected printable ASCII on one line' });
}

/** A TCP port that something can listen on. Source: kubernetes/apimachinery util/validation IsValidPortNum. */
export const port: z.ZodType<number, number> = z.int().min(1).max(65535);

/** A value as a person would recognise it, cut to a line. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object' && value !== null
        ? Array.isArray(value)
          ? 'a list'
          : 'an object'
        : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
