import { targetFaults } from '../app/feeds/folder-files.ts';
import type { FeedFolder } from '../app/feeds/state-file.ts';
import { liesInNamespace } from '../app/feeds/target.ts';
import { providers } from '../feeds/registry.gen.ts';
import { defaultHoldHours, defaultMostGained, defaultMostLost, type FeedRules } from '../feeds/state.ts';
import type { Families, FeedFilter, FeedId } from '../model/feed.ts';
import { type FeedTarget, feedTargetKinds } from '../model/feed-report.ts';
import { isLabelKey, isLabelValue, isNamespaceName } from '../model/label-syntax.ts';
import { googleVips } from '../services/google-vips.ts';
import { ipUnionAll, parseCidr, toCidrs } from '../space/ip-set.ts';
import type { LoadedZone } from '../spec/zone.ts';
import type { Invocation, Option } from './command.ts';
import { zoneOption } from './inputs.ts';
import { UsageError, type UsageProblem } from './usage-error.ts';

/** Ports that one policy may open to a block: VPC CNI holds 24 combinations of protocol and port for a CIDR. Source: aws/aws-network-policy-agent pkg/ebpf/c. */
const mostPorts = 24;

/** What `feeds diff` and `feeds apply` have in common. */
export const feedOptions: readonly Option[] = [
  { name: 'provider', value: 'NAME', choices: providers.map((p) => p.id), help: 'Whose feed it is, where neither the bundle nor the folder tells.' },
  { name: 'service', value: 'NAME', repeats: true, help: 'A service, by the feed’s own name for it: S3, Storage, OBJECT_STORAGE, git.' },
  { name: 'region', value: 'NAME', repeats: true, help: 'A region, by the feed’s own name for it. All when left out.' },
  { name: 'family', value: 'FAMILY', choices: ['v4', 'v6', 'both'], help: 'The family of addresses; both when left out.' },
  {
    name: 'kind',
    value: 'KIND',
    choices: feedTargetKinds,
    help: 'What is written. When left out: CiliumCIDRGroup or GlobalNetworkSet where the zone’s CNI has them, else NetworkPolicy.',
  },
  {
    name: 'name',
    value: 'NAME',
    help: 'The name that objects start with, and the value of their label ringfence.dev/feed. Made from the filter when left out.',
  },
  {
    name: 'namespace',
    value: 'NAME',
    help: 'Where the pods are that may reach the addresses; the zone’s when left out. Without one only the sets are written, where they need none.',
  },
  {
    name: 'selector',
    value: 'KEY=VALUE',
    repeats: true,
    help: 'Which pods may reach the addresses; those of the zone’s workload when left out, or all of the namespace where no zone is given.',
  },
  { name: 'port', value: 'PORT', repeats: true, help: 'TCP ports that are opened; 443 when left out.' },
  { name: 'also', value: 'CIDR', repeats: true, help: `A block that no feed lists, or one of ${Object.keys(googleVips).join(', ')}.` },
  zoneOption,
  { name: 'hold', value: 'HOURS', help: `How long an address stays open that is listed no more; ${defaultHoldHours} when left out.` },
  {
    name: 'max-loss',
    value: 'PERCENT',
    help: `Refuse an edition that has lost more than this share of the addresses of either family; ${defaultMostLost} when left out.`,
  },
  { name: 'allow-shrink', help: 'Take the edition all the same: what is missing is then held.' },
  {
    name: 'max-growth',
    value: 'PERCENT',
    help: `Refuse an edition that adds more than this share to the addresses of either family; ${defaultMostGained} when left out.`,
  },
  { name: 'allow-growth', help: 'Take the edition all the same: what is added is open at once.' },
  { name: 'allow-leap', help: 'Take the edition though its number is far above what the pace of the feed explains.' },
];

/** What options ask for, with what the folder was written with where they are silent. */
export interface FeedRequest {
  readonly filter: FeedFilter;
  readonly target: FeedTarget;
  readonly also: readonly string[];
  readonly rules: FeedRules;
}

export function rulesOf(invocation: Invocation): FeedRules {
  const problems: UsageProblem[] = [];
  const rules = {
    holdHours: wholeNumber(invocation.text('hold'), '--hold', 24 * 365, defaultHoldHours, problems),
    mostLost: wholeNumber(invocation.text('max-loss'), '--max-loss', 100, defaultMostLost, problems),
    allowShrink: invocation.flag('allow-shrink'),
    mostGained: wholeNumber(invocation.text('max-growth'), '--max-growth', 100_000, defaultMostGained, problems),
    allowGrowth: invocation.flag('allow-growth'),
    allowLeap: invocation.flag('allow-leap'),
  };
  if (problems.length > 0) throw new UsageError(problems);
  return rules;
}

/** Throws a UsageError with everything that makes no sense. */
export function requestOf(invocation: Invocation, provider: FeedId, before: FeedFolder | null, zone: LoadedZone | null): FeedRequest {
  const problems: UsageProblem[] = [];
  const given = (option: string, was: readonly string[] | undefined): readonly string[] =>
    invocation.texts(option).length > 0 ? invocation.texts(option) : (was ?? []);
  const filter: FeedFilter = {
    services: given('service', before?.state.filter.services),
    regions: given('region', before?.state.filter.regions),
    families: (invocation.text('family') as Families | undefined) ?? before?.state.filter.families ?? 'both',
  };
  const kind = (invocation.text('kind') as FeedTarget['kind'] | undefined) ?? before?.target.kind ?? kindFor(zone);
  const name = invocation.text('name') ?? before?.target.name ?? nameFor(provider, filter);
  // What was written without a namespace stays so: a policy opens addresses, which is no by-product of a zone that is named later.
  const namespace =
    invocation.text('namespace') ??
    (before === null || liesInNamespace(kind) ? (before?.target.namespace ?? zone?.zone.spec.namespace.name ?? null) : before.target.namespace);
  if (!isNamespaceName(name) || name.length > 40)
    problems.push({
      message: `--name cannot be ${JSON.stringify(name)}`,
      hint: 'at most 40 lower-case letters, digits and hyphens, a letter or digit at both ends',
    });
  if (namespace !== null && !isNamespaceName(namespace)) problems.push({ message: `--namespace cannot be ${JSON.stringify(namespace)}` });
  const selector =
    invocation.texts('selector').length > 0
      ? invocation.texts('selector').flatMap((text) => labelOf(text, problems))
      : (before?.target.selector ?? (invocation.text('namespace') === undefined ? workloadOf(zone, problems) : []));
  const ports = invocation.texts('port').length > 0 ? portsOf(invocation.texts('port'), problems) : (before?.target.ports ?? [443]);
  const target: FeedTarget = { kind, name, namespace, selector, ports };
  const also = invocation.texts('also').length > 0 ? blocksOf(invocation.texts('also'), problems) : (before?.also ?? []);
  const all = [...problems, ...targetFaults(target)];
  if (all.length > 0) throw new UsageError(all);
  return { filter, target, also, rules: rulesOf(invocation) };
}

/** By the family of the CNI. GKE's Dataplane V2 is Cilium without its own groups. */
function kindFor(zone: LoadedZone | null): FeedTarget['kind'] {
  const family = zone?.zone.spec.platform.cni.split('@')[0];
  return family === 'cilium' || family === 'aks-cilium' ? 'CiliumCIDRGroup' : family === 'calico' ? 'GlobalNetworkSet' : 'NetworkPolicy';
}

function nameFor(provider: FeedId, { services, regions }: FeedFilter): string {
  const whole = [provider, ...services, ...regions]
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return isNamespaceName(whole) && whole.length <= 40 ? whole : provider;
}

/** The pods of the zone's one workload: no zone lets the rest of its namespace out. */
function workloadOf(zone: LoadedZone | null, problems: UsageProblem[]): readonly (readonly [string, string])[] {
  const workloads = zone?.zone.spec.workloads ?? [];
  const [first] = workloads;
  if (workloads.length > 1)
    problems.push({ message: `the zone has ${workloads.length} workloads`, hint: 'say which pods may reach the addresses, with --selector' });
  return first === undefined ? [] : Object.entries(first.selector);
}

function labelOf(text: string, problems: UsageProblem[]): readonly (readonly [string, string])[] {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at > 0 && isLabelKey(key) && isLabelValue(value)) return [[key, value]];
  problems.push({ message: `--selector cannot be ${JSON.stringify(text)}`, hint: 'write a label, as in app=trainer' });
  return [];
}

function portsOf(texts: readonly string[], problems: UsageProblem[]): readonly number[] {
  const wrong = texts.filter((text) => !/^[1-9]\d{0,4}$/.test(text) || Number(text) > 65_535);
  problems.push(...wrong.map((text) => ({ message: `--port cannot be ${JSON.stringify(text)}`, hint: 'write a number from 1 to 65535' })));
  const ports = [...new Set(texts.map(Number))].sort((a, b) => a - b);
  if (ports.length > mostPorts) problems.push({ message: `${ports.length} ports are more than the ${mostPorts} that EKS holds for a block` });
  return ports;
}

function blocksOf(texts: readonly string[], problems: UsageProblem[]): readonly string[] {
  const blocks = texts.flatMap((text) => (Object.hasOwn(googleVips, text) ? (googleVips[text] ?? []) : [text]));
  const parsed = blocks.map((text) => parseCidr(text));
  blocks.forEach((text, i) => {
    const cidr = parsed[i];
    if (cidr === undefined || cidr.hadHostBits)
      problems.push({
        message: `--also cannot be ${JSON.stringify(text)}`,
        hint: cidr === undefined ? 'write a block, as in 198.51.100.0/24' : `write ${cidr.text}`,
      });
  });
  return toCidrs(ipUnionAll(parsed.flatMap((cidr) => cidr?.set ?? [])));
}

function wholeNumber(text: string | undefined, option: string, most: number, otherwise: number, problems: UsageProblem[]): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text);
  problems.push({ message: `${option} cannot be ${JSON.stringify(text)}`, hint: `write a whole number from 0 to ${most}` });
  return otherwise;
}
