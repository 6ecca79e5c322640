import type { Origin, Path } from '../../kernel/origin.ts';
import type { Labels } from '../../model/labels.ts';
import { matchLabels } from '../../model/labels.ts';
import { intentText, type NameIntent } from '../../model/name-intent.ts';
import type { NameMatch, Peer, PodMatch, Policy, PortMatch, Rule, RuleApplication } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import type { TenantControl } from '../../model/tenant-control.ts';
import { nameLanguage, versionOf } from '../../spec/cni.ts';
import type { DriverIntent } from '../../spec/csi-driver.ts';
import type { ClientIntent, WorkloadIntent, ZoneIntents } from '../../spec/intents.ts';
import type { Need, NeedTarget } from '../../spec/need.ts';
import { filtersDns } from './dns-filter.ts';
import { dialectOf, frameOf, namesPeer } from './languages.ts';

/** A policy to be written, with the file it belongs to and what it is for (a line each, for the comment above it). */
export interface DraftPolicy {
  readonly file: string;
  readonly about: readonly string[];
  readonly policy: Policy;
  /** What the zone says decides whose data lie behind what the policy opens; null where it says nothing. */
  readonly control: TenantControl | null;
}

/** Every policy of a zone, in file order. Nothing is judged here: a dialect that cannot say a rule refuses it when it is written. */
export function draftPolicies(intents: ZoneIntents, originOf: (path: Path) => Origin): readonly DraftPolicy[] {
  const drafts = new Drafting(intents, originOf);
  return [
    drafts.defaultDeny(),
    ...intents.workloads.flatMap((workload) => drafts.peers(workload)),
    ...intents.workloads.flatMap((workload) => workload.clients.map((client) => drafts.client(workload, client))),
    ...intents.workloads.flatMap((workload) => workload.needs.flatMap((need) => drafts.need(drafts.trainer(workload), need))),
    ...drafts.driverDenies(),
    ...intents.workloads.flatMap((workload) =>
      workload.drivers.flatMap((driver) => driver.needs.flatMap((need) => drafts.need(drafts.driver(workload, driver), need))),
    ),
  ];
}

/** Pods that need something, and how their policies are called. */
interface Asking extends Pick<WorkloadIntent, 'namespace' | 'selector' | 'needs' | 'names'> {
  readonly prefix: string;
  /** `Workload train reaches`. */
  readonly reaches: string;
  readonly file: (need: Need) => string;
}

/** The file of policies in the namespace of a CSI driver. */
export function driverFile(driver: Pick<DriverIntent, 'namespace'>): string {
  return `52-driver-${driver.namespace}.yaml`;
}

/** The file that a need's policy goes to. */
function fileOf(workload: string, need: Need): string {
  switch (need.purpose) {
    case 'dns':
      return '40-dns.yaml';
    case 'storage':
      return `50-storage-${workload}.yaml`;
    case 'service':
      return `55-services-${workload}.yaml`;
    case 'credentials':
      return '60-credentials.yaml';
  }
}

class Drafting {
  readonly #intents: ZoneIntents;
  readonly #originOf: (path: Path) => Origin;

  constructor(intents: ZoneIntents, originOf: (path: Path) => Origin) {
    this.#intents = intents;
    this.#originOf = originOf;
  }

  defaultDeny(): DraftPolicy {
    return {
      file: '20-default-deny.yaml',
      about: ['Every pod of the namespace, in both directions: nothing passes that no other policy allows.'],
      policy: this.#policy(this.#intents.namespace, 'kubernetes', 'default-deny', {}, { ingress: true, egress: true }, [], ['spec', 'namespace']),
      control: null,
    };
  }

  /** Both directions on the same ports: who dials whom among workers cannot be foretold. */
  peers(workload: WorkloadIntent): readonly DraftPolicy[] {
    const { groups, scope } = workload.peers;
    return groups.flatMap((group) => {
      const name = `${workload.name}-peers${group.job === null ? '' : `-${group.job}`}`;
      if (scope !== 'namespace') return [this.#peering(workload, name, group.selector, group.selector, `Workers reach each other: ${group.title}.`)];
      return [
        this.#peering(workload, name, workload.selector, group.selector, `Workload ${workload.name} reaches ${group.title}, and they reach it.`),
        this.#peering(
          workload,
          `${name}-other-side`,
          group.selector,
          workload.selector,
          `The other side: ${group.title} reaches workload ${workload.name}, and it reaches them.`,
        ),
      ];
    });
  }

  #peering(workload: WorkloadIntent, name: string, subject: Labels, others: Labels, about: string): DraftPolicy {
    const { ports, path, pinned } = workload.peers;
    const peers = [pods({ kind: 'named', name: this.#intents.namespace }, others)];
    const rules = (['ingress', 'egress'] as const).map((direction) => this.#rule(direction, peers, ports, null, path));
    const onPorts =
      pinned === null
        ? 'Every TCP port, because NCCL, Gloo and the worker store listen on ports that the kernel picks.'
        : `Ports ${pinned.low}-${pinned.high}, to which the pods must be pinned (workload-scheduling.patch.yaml), and the framework's fixed ports.`;
    return {
      file: '30-intra-job.yaml',
      about: [about, onPorts],
      policy: this.#policy(this.#intents.namespace, 'kubernetes', name, subject, { ingress: true, egress: true }, rules, path),
      control: null,
    };
  }

  /** Only the side of the workload: what leaves the client's namespace is its owner's. */
  client(workload: WorkloadIntent, client: ClientIntent): DraftPolicy {
    const peers = [pods({ kind: 'named', name: client.namespace }, client.selector)];
    return {
      file: '35-clients.yaml',
      about: [`Pods of namespace ${client.namespace} may connect to workload ${workload.name}: ${client.name}.`],
      policy: this.#policy(
        this.#intents.namespace,
        'kubernetes',
        `${workload.name}-client-${client.name}`,
        workload.selector,
        { ingress: true, egress: false },
        [this.#rule('ingress', peers, client.ports, null, client.path)],
        client.path,
      ),
      control: null,
    };
  }

  trainer({ name, namespace, selector, needs, names }: WorkloadIntent): Asking {
    return { prefix: name, reaches: `Workload ${name} reaches`, namespace, selector, needs, names, file: (need) => fileOf(name, need) };
  }

  /** Policies in the namespace of a driver, where packs of other zones have theirs: each begins with the name of the zone. */
  driver(workload: WorkloadIntent, driver: DriverIntent): Asking {
    const { namespace, selector, needs, names } = driver;
    const reaches = `Pods of ${driver.title} reach, for workload ${workload.name},`;
    return { prefix: `${this.#intents.zone}-${workload.name}`, reaches, namespace, selector, needs, names, file: () => driverFile(driver) };
  }

  /** One for each namespace of drivers. */
  driverDenies(): readonly DraftPolicy[] {
    const drivers = new Map(this.#intents.workloads.flatMap((w) => w.drivers).map((driver) => [driver.namespace, driver]));
    return [...drivers.values()].map((driver) => ({
      file: driverFile(driver),
      about: [
        `Pods of ${driver.title} fetch data of this zone: rules on training pods do not govern that traffic, these do.`,
        `They select every pod of ${driver.namespace}. What else is mounted through it in this cluster needs policies of its own there, or it stops.`,
      ],
      policy: this.#policy(
        driver.namespace,
        'kubernetes',
        `${this.#intents.zone}-default-deny`,
        driver.selector,
        { ingress: true, egress: true },
        [],
        driver.path,
      ),
      control: null,
    }));
  }

  /** One policy where one language says it all; else what NetworkPolicy can say, and the names in the language that has them. */
  need(asking: Asking, need: Need): readonly DraftPolicy[] {
    const name = `${asking.prefix}-${need.id.replaceAll('/', '-')}`;
    const application = this.#dnsFilter(asking, need);
    const rules = need.targets.map((target) => ({
      beyond: target.kind === 'names' || target.kind === 'own-node' || application !== null,
      rule: this.#rule('egress', this.#peersOf(target), need.ports, application ?? this.#serverNames(target, need.ports), need.path),
    }));
    const language = this.#names;
    const mixed = rules.some(({ beyond }) => beyond) && rules.some(({ beyond }) => !beyond) && language !== 'cilium';
    const parts = mixed ? [rules.filter(({ beyond }) => !beyond), rules.filter(({ beyond }) => beyond)] : [rules];
    return parts.map((part, index) => ({
      file: asking.file(need),
      about: [`${asking.reaches} ${need.title}.`, ...need.notes],
      policy: this.#policy(
        asking.namespace,
        part.some(({ beyond }) => beyond) ? (language ?? 'kubernetes') : 'kubernetes',
        index === 0 ? name : `${name}-names`,
        asking.selector,
        { ingress: false, egress: true },
        part.map(({ rule }) => rule),
        need.path,
      ),
      control: need.control,
    }));
  }

  get #names(): Policy['dialect'] | null {
    return nameLanguage(this.#intents.cni);
  }

  /** Which names may be asked for; also what lets Cilium learn the addresses of names in other rules. */
  #dnsFilter({ needs, names }: Asking, need: Need): RuleApplication | null {
    if (need.purpose !== 'dns' || !filtersDns(this.#intents.cni, needs)) return null;
    return { dns: names.flatMap((wanted) => this.#askable(wanted, names)), serverNames: null, otherL7: false };
  }

  /**
   * A domain in which the resolver searches, where a pattern has a fixed number of labels (Cilium before 1.19): one pattern for each number of them that a name
   * of the cluster may have there, and for the outside names that are tried under it first.
   */
  #askable(wanted: NameIntent, all: readonly NameIntent[]): readonly NameMatch[] {
    const said = dialectOf(this.#names)?.intend?.(wanted, versionOf(this.#intents.cni));
    if (wanted.kind !== 'any-depth-under' || said === undefined || 'match' in said) return [this.#said(wanted)];
    const depth = Math.max(mostLabelsInside, ...all.map((other) => labelsOf(other) + searchedUnder));
    return Array.from({ length: depth }, (_, i) => this.#said({ kind: 'one-label-under', domain: `${'*.'.repeat(i)}${wanted.domain}` }));
  }

  /** Names are enforced by learned addresses that others may share; where Cilium can ask for the TLS server name as well, it does. */
  #serverNames(target: NeedTarget, ports: readonly PortMatch[]): RuleApplication | null {
    if (target.kind !== 'names' || this.#names !== 'cilium' || !ports.every((match) => match.port === 443)) return null;
    const names = target.hosts.map(({ intent }) => this.#said(intent));
    return { dns: null, serverNames: names.map((name) => (name.kind === 'exact' ? name.name : name.text)), otherL7: false };
  }

  /** What the language has no words for was refused before anything was drafted. Throws RangeError for such an intent. */
  #said(intent: NameIntent): NameMatch {
    const said = dialectOf(this.#names)?.intend?.(intent, versionOf(this.#intents.cni));
    if (said === undefined || 'refused' in said) throw new RangeError(`no rule says ${intentText(intent)}`);
    return said.match;
  }

  #peersOf(target: NeedTarget): readonly Peer[] {
    switch (target.kind) {
      case 'pods':
        return [pods({ kind: 'named', name: target.namespace }, target.selector)];
      case 'names':
        return [
          namesPeer(
            this.#names,
            target.hosts.map(({ intent }) => this.#said(intent)),
          ),
        ];
      case 'addresses':
        return target.cidrs.map((cidr) => ({ kind: 'cidr', cidr, except: target.except }));
      case 'own-node':
        return [{ kind: 'entity', entity: 'host' }];
    }
  }

  #rule(direction: Rule['direction'], peers: readonly Peer[], ports: readonly PortMatch[], application: RuleApplication | null, path: Path): Rule {
    return { direction, action: 'allow', peers, ports, application, origin: this.#originOf(path) };
  }

  #policy(
    namespace: string,
    dialect: Policy['dialect'],
    name: string,
    selector: Labels,
    isolates: Policy['isolates'],
    rules: readonly Rule[],
    path: Path,
  ): Policy {
    const frame =
      dialect === 'kubernetes'
        ? { called: 'NetworkPolicy', policy: { kind: 'NetworkPolicy', tier: tiers.normal, order: 0, evaluation: 'deny-wins', isolates } as const }
        : frameOf(dialect);
    return {
      ...frame.policy,
      id: `${frame.called} ${namespace}/${name}`,
      dialect,
      namespace,
      name,
      subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: matchLabels(selector), serviceAccounts: null } },
      rules: frame.policy.evaluation === 'ranked' ? rules.map((rule, rank) => ({ ...rule, rank })) : rules,
      origin: this.#originOf(path),
    };
  }
}

/** Labels of a pod's name under the domain of the cluster: `pod.service.namespace.svc`. Source: kubernetes.io, DNS for Services and Pods. */
const mostLabelsInside = 4;

/** Labels of the longest search domain before the domain of the cluster: `namespace.svc`. Source: kubernetes/kubernetes pkg/kubelet/network/dns. */
const searchedUnder = 2;

/** Labels of an outside name; the domains of the resolver have none. */
function labelsOf(intent: NameIntent): number {
  if (intent.kind === 'any-depth-under') return 0;
  return (intent.kind === 'exact' ? intent.name : intent.domain).split('.').length + (intent.kind === 'exact' ? 0 : 1);
}

function pods(namespaces: PodMatch['namespaces'], selector: Labels): Peer {
  return { kind: 'pods', match: { namespaces, pods: matchLabels(selector), serviceAccounts: null } };
}
