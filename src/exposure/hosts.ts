import { type Reader, shown } from '../kernel/reader.ts';
import type { Host } from '../model/exposure.ts';
import { isDnsSubdomain } from '../model/label-syntax.ts';
import { parseIp } from '../space/ip-set.ts';

/**
 * A host name or a wildcard (`*.` and a name). Undefined when absent or empty, and, with an error, when the API server would refuse it.
 * Source: kubernetes/kubernetes pkg/apis/networking/validation validateIngressRules; kubernetes-sigs/gateway-api apis/v1 Hostname.
 */
export function readHost(at: Reader): Host | undefined {
  const text = at.string();
  if (text === undefined || text === '') return undefined;
  const bare = text.startsWith('*.') ? text.slice(2) : text;
  if (parseIp(text) !== undefined) at.error('bad-host', `${shown(text)} is an address; expected a host name.`);
  else if (!isDnsSubdomain(bare))
    at.error('bad-host', `${shown(text)} is no host name; expected a name such as app.example.com, or *.example.com.`, hint(text));
  else return text;
  return undefined;
}

function hint(text: string): string | undefined {
  if (/[A-Z]/.test(text) && isDnsSubdomain(text.toLowerCase())) return `Write ${text.toLowerCase()}.`;
  if (text.includes('/') || text.includes(':')) return 'Write the name alone, without scheme, port or path.';
  return text.includes('*') ? 'A star stands only alone, in front of the first dot.' : undefined;
}

/** The hosts that two names have in common, or undefined when there are none; null is every host. Wildcards stand for one label or more. */
export function commonHost(a: Host | null, b: Host | null): Host | null | undefined {
  if (a === null) return b;
  if (b === null || a === b) return a;
  if (below(a, b)) return a;
  return below(b, a) ? b : undefined;
}

/** Whether every host of `a` is one of the wildcard `b`. Source: kubernetes-sigs/gateway-api apis/v1 Listener.hostname. */
function below(a: Host, b: Host): boolean {
  return b.startsWith('*.') && a.endsWith(b.slice(1)) && a.length > b.length - 1;
}
