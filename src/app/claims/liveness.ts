import { cidrSet } from '../../engine/addresses.ts';
import { directoryOf } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import { portSetOf } from '../../engine/port-set-of.ts';
import type { ReachParty } from '../../engine/reach.ts';
import { believableAddress, believablePort, ephemeralOr } from '../../engine/witness.ts';
import { kept } from '../../kernel/memo.ts';
import { within } from '../../kernel/origin.ts';
import { sortedBy } from '../../kernel/stable.ts';
import type { ClaimResult, Counterexample } from '../../model/claim.ts';
import { type LabelSelector, labelOf, matchLabels, selects } from '../../model/labels.ts';
import { exampleName, intentText } from '../../model/name-intent.ts';
import { enforceLabel, podSecurityViolations, refusingLevel } from '../../model/pod-security.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { ipSubtract } from '../../space/ip-set.ts';
import type { Protocol, TransportSet } from '../../space/transport-set.ts';
import type { DriverIntent } from '../../spec/csi-driver.ts';
import type { ClientIntent, WorkloadIntent } from '../../spec/intents.ts';
import type { Need, NeedTarget } from '../../spec/need.ts';
import { type TenantReach, tenantReach } from '../../spec/tenant.ts';
import { ownersWord } from '../owners-word.ts';
import { type ClaimMatrix, partyOf } from './claim-matrix.ts';
import { driverPods } from './drivers.ts';
import { portText, reasonsOf, witnessed } from './judge.ts';
import { layer7Fault } from './layer7.ts';
import type { BoundZone, Member } from './member.ts';
import { sortedMembers } from './member-pairs.ts';
import { carried, PassagesRead } from './passages-read.ts';
import { ownNodeOfRepresentative, representativeKind } from './representatives.ts';

/** A claim of liveness, with every path that it needs and that is shut, or may be. */
export interface JudgedLiveness {
  readonly claim: ClaimResult;
  readonly shut: readonly Shut[];
}

/** Jobs still run: peers reach each other on every port their back end may use, and DNS, storage, credentials and services can be reached. */
export function livenessClaims(reach: ClaimMatrix, zone: BoundZone): ClaimResult[] {
  return judgedLiveness(reach, zone).map(({ claim }) => claim);
}

/** The same, with what is shut. */
export function judgedLiveness(reach: ClaimMatrix, zone: BoundZone): JudgedLiveness[] {
  return zone.intents.workloads.flatMap((intent) => {
    // Pods that only some selector invents need not work.
    const members = zone.members.filter((m) => m.intent === intent && m.representative !== 'possible');
    return [
      { claim: admittedClaim(reach, zone, intent, members), shut: [] },
      peersClaim(reach, zone, intent, members),
      ...intent.needs.map((need) => needClaim(reach, zone, { ...intent, who: intent.name }, need, members)),
      ...intent.drivers.flatMap((driver) => fetchClaims(reach, zone, intent, driver)),
      ...intent.clients.map((client) => ({ claim: clientClaim(reach, zone, intent, client, members), shut: [] })),
    ];
  });
}

/** Pod Security refuses pods at creation: a job whose pods break the namespace's level never starts. Source: Kubernetes Pod Security Admission. */
function admittedClaim(reach: ClaimMatrix, zone: BoundZone, intent: WorkloadIntent, members: readonly Member[]): ClaimResult {
  const labels = reach.snapshot.namespaces.get(zone.intents.namespace)?.labels ?? {};
  const level = labelOf(labels, enforceLabel) ?? 'privileged';
  const real = members.filter((m) => m.representative === null);
  const held = refusingLevel(labels);
  const wrong = held === null ? [] : real.flatMap((m) => podSecurityViolations(m.workload, held).map((v) => `${m.title}: ${v}`));
  return {
    id: `liveness/admitted/${intent.name}`,
    group: 'liveness',
    title: `the namespace admits the pods of ${intent.name} (Pod Security: ${level})`,
    status: wrong.length > 0 ? 'fails' : 'holds',
    counterexamples: [],
    reasons: wrong,
    evidence: [real.length === 0 ? 'no workload of the input' : real.map((m) => m.title).join(', ')],
    fix:
      wrong.length === 0 ? null : 'merge the security context of the pack’s scheduling patch into the pod template, or lower namespace.podSecurity in the zone',
    origin: within(zone.loaded.origin, ...intent.path),
  };
}

/** A needed path that is shut, or may be: `needed` are all ports that it asks for. */
export interface Shut {
  readonly from: Member;
  /** Pods of the zone's namespace that need it. */
  readonly pods: LabelSelector;
  readonly party: ReachParty;
  readonly to: Endpoint;
  readonly needed: TransportSet;
  readonly ports: TransportSet;
  readonly unknown: TransportSet;
  readonly destination: Workload | null;
  readonly title: string;
}

/** What a flow lacks of what is needed; null for nothing. */
function lackOf(flow: Flow, needed: TransportSet): Pick<Shut, 'needed' | 'ports' | 'unknown'> | null {
  const missing = needed.subtract(flow.allowed);
  return missing.isEmpty ? null : { needed, ports: missing.subtract(flow.unknown), unknown: missing.intersect(flow.unknown) };
}

function shutPath(flow: Flow, needed: TransportSet, path: Omit<Shut, 'needed' | 'ports' | 'unknown'>): Shut[] {
  const lack = lackOf(flow, needed);
  return lack === null ? [] : [{ ...path, ...lack }];
}

function peersClaim(reach: ClaimMatrix, zone: BoundZone, intent: WorkloadIntent, members: readonly Member[]): JudgedLiveness {
  const shut: Shut[] = [];
  let pairs = 0;
  const alone = members.filter((m) => m.representative === null && !intent.peers.groups.some((g) => selects(matchLabels(g.selector), m.workload.labels)));
  const pinned = intent.peers.pinned;
  // Where every TCP port is wanted, nothing that a job does can be left out.
  const real = members.filter((m) => m.representative === null).map((m) => m.workload);
  const read = pinned === null ? null : new PassagesRead(real, (job) => ownersWord([zone], job));
  const { numbers } = sortedMembers(reach, zone);
  for (const group of intent.peers.groups) {
    const selector = matchLabels(group.selector);
    const inGroup = members.filter((m) => selects(selector, m.workload.labels));
    const pods = matchLabels({ ...intent.selector, ...group.selector });
    const known = new Map<number, Map<number, ReturnType<typeof lackOf>>>();
    for (const a of inGroup)
      for (const b of inGroup) {
        if (a.representative !== b.representative) continue;
        pairs++;
        const same = a === b;
        const ask = (): ReturnType<typeof lackOf> => {
          const wanted = portSetOf(intent.peers.ports, b.workload);
          const flow = reach.between(partyOf(a.workload), partyOf(b.workload), 'every');
          return lackOf(flow, read === null ? wanted : wanted.union(read.ports(a.workload, b.workload)));
        };
        const [one, other] = [numbers.get(a), numbers.get(b)];
        // What a job's own settings add differs from workload to workload, whatever rules tell apart.
        const alone = same || read !== null || one === undefined || other === undefined;
        const lack = alone
          ? ask()
          : kept(
              kept(known, one.dials, () => new Map()),
              other.dialled,
              ask,
            );
        if (lack === null) continue;
        const to: Endpoint = { kind: 'pod', workload: b.workload.id, replica: same ? 1 : 0 };
        shut.push({
          ...lack,
          from: a,
          pods,
          party: partyOf(b.workload),
          to,
          destination: b.workload,
          title: same ? 'another pod of the same workload' : b.title,
        });
      }
  }
  // Two pods of a sort that has one come last: pairs that are there are easier to believe.
  const told = sortedBy(shut, ({ from, to }) => (to.kind === 'pod' && to.workload === from.workload.id && from.workload.replicas < 2 ? '1' : '0'));
  const claim = liveness(reach, told, ephemeralOr, {
    id: `liveness/peers/${intent.name}`,
    title: `workers of ${intent.name} reach each other on ${pinned === null ? 'every TCP port' : `ports ${pinned.low}-${pinned.high}`}, both ways`,
    evidence: [
      `${pairs} ordered pairs of sorts of worker; ${pinned === null ? 'collective back ends listen on ports that the operating system picks' : 'pods are to pin net.ipv4.ip_local_port_range to this range'}`,
      ...(read?.evidence ?? []),
      ...carried(real),
    ],
    fix: `allow the whole port range between pods of the job, in both directions (ingress and egress)${pinned === null ? '' : ', and set the sysctl and the variables of the pack’s template fragment in each pod template; what they do not pin needs every TCP port: write ports: any in the zone'}`,
    origin: within(zone.loaded.origin, ...intent.peers.path),
    verb: 'cannot dial',
    nothing:
      intent.peers.groups.length === 0
        ? 'the zone lists no job: name them under `jobs`, or choose peers: same-workload'
        : alone.length > 0
          ? `${alone.map((m) => m.title).join(', ')}: of a job that the zone does not list under \`jobs\`, so nothing opens its workers to each other`
          : null,
  });
  return { claim, shut };
}

/** What a CSI driver fetches for a workload, asked from the driver's pods. Advice is about the zone's namespace, and so there is none. */
function fetchClaims(reach: ClaimMatrix, zone: BoundZone, intent: WorkloadIntent, driver: DriverIntent): JudgedLiveness[] {
  const pods = driverPods(reach, driver);
  const asking = { name: `${intent.name}/${driver.name}`, who: `${driver.title} for ${intent.name}`, selector: driver.selector };
  return driver.needs.map((need) => ({ claim: needClaim(reach, zone, asking, need, pods).claim, shut: [] }));
}

/** Pods that need something: `who` they are to people. */
interface Asking extends Pick<WorkloadIntent, 'name' | 'selector'> {
  readonly who: string;
}

function needClaim(reach: ClaimMatrix, zone: BoundZone, intent: Asking, need: Need, members: readonly Member[]): JudgedLiveness {
  const shut: Shut[] = [];
  const absent: string[] = [];
  const refused = new Set<string>();
  for (const member of members)
    for (const target of need.targets) {
      const ends = needEnds(reach, member, target);
      if (ends.length === 0 && target.kind === 'pods')
        absent.push(
          `no pod in namespace ${target.namespace} has the labels ${Object.entries(target.selector)
            .map(([k, v]) => `${k}=${v}`)
            .join(', ')}: give their manifests`,
        );
      for (const end of ends) {
        const fault = end.endpoint.kind === 'name' ? layer7FaultOf(reach, member, end.endpoint.name, need) : null;
        if (fault?.kind === 'refused') refused.add(fault.text);
        else if (fault !== null) absent.push(fault.text);
        shut.push(
          ...shutPath(reach.between(partyOf(member.workload), end.party, 'every'), portSetOf(need.ports, end.destination), {
            from: member,
            pods: matchLabels(intent.selector),
            party: end.party,
            to: end.endpoint,
            destination: end.destination,
            title: end.title,
          }),
        );
      }
    }
  if (need.purpose === 'dns' && zone.loaded.zone.spec.platform.dns.nodeLocal === null) absent.push(...nodeLocalCaches(reach));
  const judged = liveness(reach, shut, believablePort, {
    id: `liveness/${need.id}/${intent.name}`,
    title: `${intent.who} reaches ${need.title}`,
    evidence: [`tried from ${members.length} sorts of pod`, ...tenantEvidence(tenantReach(need, zone.loaded.zone.spec.platform.cni))],
    fix:
      need.purpose === 'dns'
        ? 'allow UDP and TCP 53 to the DNS pods'
        : `allow egress to ${need.title}${need.targets.some((t) => t.kind === 'names') ? ', with a DNS rule for its names' : ''}`,
    origin: within(zone.loaded.origin, ...need.path),
    verb: 'cannot reach',
    nothing: absent.length > 0 ? [...new Set(absent)].join('; ') : null,
  });
  const claim = judged.status === 'holds' ? judged : { ...judged, evidence: [...judged.evidence, `while it is shut: ${need.whenShut}`] };
  if (refused.size === 0 || claim.status === 'fails') return { claim, shut };
  return { claim: { ...claim, status: 'fails', reasons: [...refused], fix: 'list the host under serverNames of the rule' }, shut };
}

/** The second verdict of storage: whose data is behind the far end, which no network rule decides. */
function tenantEvidence(tenant: TenantReach | null): readonly string[] {
  return tenant === null ? [] : [`whose data: decided by ${tenant.decidedBy ?? 'nothing'}; ${tenant.residual}`];
}

/** Clients of the input reach every sort of pod of the workload: an operator does not choose. */
function clientClaim(reach: ClaimMatrix, zone: BoundZone, intent: WorkloadIntent, client: ClientIntent, members: readonly Member[]): ClaimResult {
  const found = directoryOf(reach.snapshot)
    .inNamespace(client.namespace)
    .filter((w) => w.lifecycle !== 'finished' && representativeKind(w) === null && selects(matchLabels(client.selector), w.labels));
  const shut = found.flatMap((w) =>
    members.flatMap((m) =>
      shutPath(reach.between(partyOf(w), partyOf(m.workload), 'every'), portSetOf(client.ports, m.workload), {
        from: { workload: w, intent: null, representative: null, title: workloadTitle(w) },
        pods: matchLabels(intent.selector),
        party: partyOf(m.workload),
        to: { kind: 'pod', workload: m.workload.id, replica: 0 },
        destination: m.workload,
        title: m.title,
      }),
    ),
  );
  const labels = Object.entries(client.selector).map(([k, v]) => `${k}=${v}`);
  return liveness(reach, shut, believablePort, {
    id: `liveness/client/${client.name}/${intent.name}`,
    title: `${client.name} reaches ${intent.name}`,
    evidence: [`${found.length} workload${found.length === 1 ? '' : 's'} of namespace ${client.namespace}, ${members.length} sorts of pod`],
    fix: `allow ingress from ${client.name} to the workload, and what leaves namespace ${client.namespace}`,
    origin: within(zone.loaded.origin, ...client.path),
    verb: 'cannot reach',
    nothing: found.length > 0 ? null : `no pod in namespace ${client.namespace} has the labels ${labels.join(', ')}: give their manifests`,
  });
}

/** By the names that such caches go by. */
export function isNodeLocalCache(w: Workload): boolean {
  return ['node-local-dns', 'nodelocaldns'].includes(labelOf(w.labels, 'k8s-app') ?? w.name);
}

/** Node-local DNS caches take the questions of pods on their node: the rule must then admit the cache, which the zone does not name. */
function nodeLocalCaches(reach: ClaimMatrix): string[] {
  return directoryOf(reach.snapshot)
    .passing(isNodeLocalCache)
    .map((w) => `${workloadTitle(w)} may answer for the cluster DNS on its node: give its address as platform.dns.nodeLocal`);
}

function layer7FaultOf(reach: ClaimMatrix, member: Member, host: string, need: Need): ReturnType<typeof layer7Fault> {
  const port = need.ports.find((p) => p.protocol === 'TCP' && typeof p.port === 'number')?.port;
  return typeof port === 'number' ? layer7Fault(reach.snapshot, member.workload, host, port) : null;
}

/** One end of a need. */
export interface NeedEnd {
  readonly party: ReachParty;
  readonly endpoint: Endpoint;
  readonly destination: Workload | null;
  readonly title: string;
}

/** The ends of what a need leads to, for one sort of pod: those that work stops without. */
export function needEnds(reach: ClaimMatrix, member: Pick<Member, 'workload' | 'representative'>, target: NeedTarget): NeedEnd[] {
  switch (target.kind) {
    case 'pods':
      return directoryOf(reach.snapshot)
        .inNamespace(target.namespace)
        .filter((w) => w.lifecycle !== 'finished' && representativeKind(w) === null && selects(matchLabels(target.selector), w.labels))
        .map((w) => ({ party: partyOf(w), endpoint: { kind: 'pod', workload: w.id, replica: 0 }, destination: w, title: workloadTitle(w) }));
    case 'names':
      return target.hosts
        .filter((h) => h.required)
        .map(({ intent }) => {
          const name = exampleName(intent);
          return {
            party: { kind: 'name', name },
            endpoint: { kind: 'name', name },
            destination: null,
            title: intent.kind === 'exact' ? name : `${intentText(intent)} (${name})`,
          };
        });
    case 'addresses':
      return target.cidrs.map((cidr) => {
        const addresses = ipSubtract(cidrSet([cidr]), cidrSet(target.except));
        return { party: { kind: 'external', addresses }, endpoint: { kind: 'address', ip: believableAddress(addresses) }, destination: null, title: cidr };
      });
    case 'own-node': {
      const node = member.representative !== null ? ownNodeOfRepresentative : member.workload.node;
      return node === null ? [] : [{ party: { kind: 'node', node }, endpoint: { kind: 'node', node }, destination: null, title: 'its own node' }];
    }
  }
}

type About = Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'fix' | 'origin'> & { readonly verb: string; readonly nothing: string | null };

function liveness(
  reach: ClaimMatrix,
  shut: readonly Shut[],
  pick: (set: TransportSet, destination: Workload | null) => { protocol: Protocol; port: number },
  about: About,
): ClaimResult {
  const { verb, nothing, ...claim } = about;
  const certain = shut.filter((s) => !s.ports.isEmpty);
  const examples = (certain.length > 0 ? certain : shut).slice(0, 5).map((s): Counterexample => {
    const { protocol, port } = pick(s.ports.isEmpty ? s.unknown : s.ports, s.destination);
    const packet = { from: { kind: 'pod', workload: s.from.workload.id, replica: 0 } as const, to: s.to, protocol, port };
    return witnessed(
      reach,
      packet,
      `${s.from.title} ${s.ports.isEmpty ? `may not ${verb.replace('cannot ', '')}` : verb} ${s.title} on ${portText(protocol, port)}`,
    );
  });
  const status = certain.length > 0 ? 'fails' : shut.length > 0 || nothing !== null ? 'undecided' : 'holds';
  return {
    ...claim,
    group: 'liveness',
    status,
    counterexamples: examples,
    reasons: status === 'undecided' ? [...(nothing === null ? [] : [nothing]), ...reasonsOf(examples)] : [],
    fix: status === 'holds' ? null : claim.fix,
  };
}
