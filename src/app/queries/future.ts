import { believablePort } from '../../engine/witness.ts';
import { refusingLevel } from '../../model/pod-security.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { ContainerPort, Workload, WorkloadId } from '../../model/workload.ts';
import { type Protocol, TransportSet } from '../../space/transport-set.ts';
import { namedPorts, standIn } from '../claims/representatives.ts';
import { futurePods, type Role } from '../future/future-pods.ts';
import type { Query, QueryParty } from './query.ts';

/** Sorts of pod to come that one namespace is asked about with, at most: each is met with everybody. */
const most = 1024;

/** Numbers that named ports of pods to come are tried at. */
const mostNumbers = 16;

const mark = ' (to come)';
const hostMark = ` on the network of its node${mark}`;

/** The cluster with every pod that could be created where a query says so, and by namespace why some may be missing. */
export interface WithFuture {
  readonly snapshot: Snapshot;
  readonly left: ReadonlyMap<string, readonly string[]>;
}

/** Adds all sorts of pod that could be created in the namespaces that queries ask about in this way. */
export function withFuturePods(snapshot: Snapshot, { hostNetworkAsNode }: Pick<Profile, 'hostNetworkAsNode'>, queries: readonly Query[]): WithFuture {
  const roles = new Map<string, Role>();
  const note = (party: QueryParty, role: Role): void => {
    if (party.kind === 'any-pod-in') roles.set(party.namespace, [role, roles.get(party.namespace) ?? role].every((r) => r === role) ? role : 'both');
  };
  for (const query of queries) {
    for (const party of query.from) note(party, 'source');
    for (const { party } of query.to) note(party, 'destination');
  }
  const left = new Map<string, readonly string[]>();
  const added = [...roles].flatMap(([namespace, role]) => {
    const ports = portsIn(namespace, snapshot, queries);
    const future = futurePods(snapshot, namespace, role, most);
    const place = snapshot.namespaces.get(namespace)?.origin ?? { document: { file: '', index: 0 }, path: [] };
    // A pod to come gives the name of a port whatever number it likes: also one that it must not be reached on.
    const told = ports.length === 0 ? [] : shutIn(namespace, queries);
    const untried = told.length > mostNumbers ? [`named ports were tried at ${mostNumbers} of ${told.length} numbers`] : [];
    left.set(namespace, [...future.left, ...untried]);
    const numbered = [
      { at: '', own: ports },
      ...told.slice(0, mostNumbers).map(({ protocol, port }) => ({
        at: ` with named ports at ${port}`,
        own: ports.map((p) => (p.protocol === protocol ? { ...p, port } : p)),
      })),
    ];
    const ordinary = future.pods.flatMap((pod) => numbered.map(({ at, own }) => ({ ...pod, at, own, onNode: false })));
    // Where the CNI takes a pod on the network of its node for the node, its labels are nothing to any rule.
    const plain = { name: `any pod of ${namespace}`, labels: {}, account: 'default' };
    const onNodes = ordinary.slice(0, hostNetworkAsNode === 'yes' ? numbered.length : undefined).map((pod) => ({
      ...pod,
      ...(hostNetworkAsNode === 'yes' ? plain : {}),
      onNode: true,
    }));
    return [...ordinary, ...(admitsHostNetwork(snapshot, namespace) ? onNodes : [])].map(({ name, labels, account, at, own, onNode }): Workload => {
      const made = standIn('possible', namespace, `${name}${at}${onNode ? hostMark : mark}`, labels, account, place);
      return onNode ? { ...made, ports: own, hostNetwork: true, node: null } : { ...made, ports: own };
    });
  });
  return { snapshot: added.length === 0 ? snapshot : { ...snapshot, workloads: [...snapshot.workloads, ...added] }, left };
}

/** Whether pods on the network of their node may come. Source: Kubernetes Pod Security Standards, baseline: host namespaces are not allowed. */
export function admitsHostNetwork({ namespaces }: Pick<Snapshot, 'namespaces'>, name: string): boolean {
  return refusingLevel(namespaces.get(name)?.labels ?? {}) === null;
}

/** Named ports that rules mention, or that a query asks about: a pod to come may give any of its ports that name. */
function portsIn(namespace: string, { policies }: Snapshot, queries: readonly Query[]): ContainerPort[] {
  const ports = namedPorts(policies);
  const asked = queries.flatMap(({ to }) => to.flatMap(({ party, ports: on }) => (isOf(party, namespace) ? (on?.names ?? []) : [])));
  const own = [...new Set(asked)].filter((name) => !ports.some((p) => p.name === name));
  const free = Math.max(30_000, ...ports.map((p) => p.port + 1));
  return [...ports, ...own.map((name, i): ContainerPort => ({ name, port: free + i, protocol: 'TCP', hostPort: null }))];
}

function isOf(party: QueryParty, namespace: string): boolean {
  return party.kind === 'any-pod-in' && party.namespace === namespace;
}

/** A port of each question about which ports of pods to come must not be reached: those it lists, or those that it leaves out. */
function shutIn(namespace: string, queries: readonly Query[]): readonly { readonly protocol: Protocol; readonly port: number }[] {
  const asked = queries.flatMap(({ assertion, to }) =>
    to.flatMap(({ party, ports }) => {
      if (!isOf(party, namespace) || ports === null || assertion === 'must-reach') return [];
      const shut = assertion === 'must-not-reach' ? ports.numbers : TransportSet.of('TCP', [[1, 65_535]]).subtract(ports.numbers);
      return shut.isEmpty ? [] : [believablePort(shut, null)];
    }),
  );
  return [...new Map(asked.map((at) => [`${at.port}/${at.protocol}`, at])).values()];
}

/** Whether a workload stands for pods that a query asks about and that do not exist yet. */
export function isFuture(workload: Workload): boolean {
  return workload.role === 'possible' && workload.kind === 'Representative' && workload.name.endsWith(mark);
}

/** Whether an id is that of such pods on the network of their node. */
export function isFutureHost(id: WorkloadId): boolean {
  return id.startsWith('Representative/possible/') && id.includes(hostMark);
}
