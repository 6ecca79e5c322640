import { parse } from 'tldts';
import { kept } from '../kernel/memo.ts';

/** A name, split where somebody could register it. */
export interface SplitName {
  /** What was registered: `example.co.uk`, and with the private section `bucket.s3.amazonaws.com` or `me.github.io`. */
  readonly registered: string;
  /** What stands before it, without the dot between. */
  readonly below: string;
}

const remembered = 50_000;
/** 255 bytes on the wire, each written as `\DDD` at the longest. Source: RFC 1035 §2.3.4, §5.1. */
const longest = 1020;
const split = new Map<string, SplitName | null>();

/**
 * Splits a name by the public suffix list with its private section; null for an address, a name without a registered part, and names inside the cluster.
 * Source: publicsuffix.org; Kubernetes DNS specification (`svc`, `pod` and the cluster's domain).
 */
export function splitName(name: string): SplitName | null {
  if (split.size > remembered) split.clear();
  return kept(split, name, () => {
    if (name.length > longest || isOfCluster(name)) return null;
    const { domain, subdomain } = parse(name, { allowPrivateDomains: true, validateHostname: false, extractHostname: false });
    return domain === null ? null : { registered: domain, below: subdomain ?? '' };
  });
}

/** `cluster.local` by custom; whatever the domain is, searching puts `svc` before it. */
function isOfCluster(name: string): boolean {
  return /\.(?:cluster\.local|svc|local|internal|arpa)$/.test(name) || /\.svc\.[a-z0-9.-]{1,100}$/.test(name);
}
