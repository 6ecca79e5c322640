import type { NameMatch, Peer, Rule } from '../model/policy.ts';

/** A DNS name that no one would own, and one as an attacker would make them for tunnelling; both under a reserved domain. Source: RFC 2606. */
const strangers: readonly string[] = ['stranger.example', 'b64chunk.more.tunnel.example'];

/** Hosts whose front end serves every tenant, with the tenant's bucket or repository in the encrypted path. */
const sharedFrontEnds: readonly { readonly host: RegExp; readonly whose: string }[] = [
  { host: /^s3(?:[.-](?:dualstack\.)?[a-z0-9-]{1,40}){0,2}\.amazonaws\.com(?:\.cn)?$/, whose: 'any S3 bucket, addressed in the path' },
  { host: /^(?:storage|storage\.mtls|www)\.googleapis\.com$/, whose: 'any Google Cloud Storage bucket' },
  { host: /^storage\.[a-z0-9-]{1,40}\.rep\.googleapis\.com$/, whose: 'any Google Cloud Storage bucket' },
  { host: /^objectstorage\.[a-z0-9-]{1,40}\.oraclecloud\.com$/, whose: 'any Oracle Object Storage namespace' },
];

/** Hosts whose first label names the tenant: a bucket or a storage account. */
const tenantHosts: readonly { readonly host: RegExp; readonly whose: string }[] = [
  { host: /^[a-z0-9*.-]{1,80}\.s3(?:[.-](?:dualstack\.)?[a-z0-9*-]{1,40}){0,2}\.amazonaws\.com(?:\.cn)?$/, whose: 'S3 bucket' },
  { host: /^[a-z0-9*-]{1,63}\.s3-accelerate(?:\.dualstack)?\.amazonaws\.com$/, whose: 'S3 bucket' },
  { host: /^[a-z0-9*-]{1,63}\.(?:blob|dfs)\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/, whose: 'Azure storage account' },
  { host: /^[a-z0-9*._-]{1,80}\.storage\.googleapis\.com$/, whose: 'Google Cloud Storage bucket' },
  { host: /^[a-z0-9*-]{1,63}\.r2\.cloudflarestorage\.com$/, whose: 'R2 account' },
];

/** Suffixes below which every tenant's hosts of a cloud lie. */
const cloudSuffixes: readonly string[] = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'windows.net',
  'core.windows.net',
  'googleapis.com',
  'oraclecloud.com',
  'cloudflarestorage.com',
];

/** Whether a set of names holds this name (lower case, without the trailing dot). */
export function holdsName(match: NameMatch, name: string): boolean {
  return match.kind === 'exact' ? match.name === name : name.length <= 253 && new RegExp(match.source).test(name);
}

/** What the user wrote. */
export function nameText(match: NameMatch): string {
  return match.kind === 'exact' ? match.name : match.text;
}

/** Whether a set of names holds names that nobody could have meant: any name at all. */
export function holdsAnyName(match: NameMatch): boolean {
  return match.kind === 'pattern' && strangers.some((s) => holdsName(match, s));
}

/** What else lives behind an exact host, when its front end is shared by all tenants and names none of them. */
export function sharedFrontEnd(match: NameMatch): string | undefined {
  return match.kind === 'exact' ? sharedFrontEnds.find((f) => f.host.test(match.name))?.whose : undefined;
}

/** What the first label of an exact host names, when the host names a tenant. */
export function tenantOf(match: NameMatch): string | undefined {
  return match.kind === 'exact' && sharedFrontEnd(match) === undefined ? tenantHosts.find((t) => t.host.test(match.name))?.whose : undefined;
}

/** Whose names a wildcard admits when it stands where the tenant stands; undefined when it does not. */
export function wildcardTenant(match: NameMatch): string | undefined {
  if (match.kind !== 'pattern' || !match.text.includes('*')) return undefined;
  const text = match.text.toLowerCase();
  const fixed = text.slice(text.lastIndexOf('*') + 1).replace(/^\./, '');
  if (cloudSuffixes.includes(fixed)) return `every host below ${fixed}, buckets of strangers among them`;
  const first = text.replace(/^\*+\./, '*.').split('.')[0] ?? '';
  return first.includes('*') ? tenantHosts.filter((t) => t.host.test(text.replaceAll(/\*+/g, '*'))).map((t) => `any ${t.whose}`)[0] : undefined;
}

/** The names of a rule's peers. */
export function peerNames(rule: Rule): readonly NameMatch[] {
  return (rule.peers ?? []).flatMap(namesIn);
}

/** Not those that the peer excludes: no rule lets anybody reach them. */
function namesIn(peer: Peer): readonly NameMatch[] {
  if (peer.kind === 'names') return peer.names;
  return peer.kind === 'all-of' ? peer.peers.flatMap(namesIn) : [];
}
