// An invented cluster, and records of its flows in the shape that Hubble's exporter writes (Cilium 1.19; protobuf JSON with names of the proto).

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly workload: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly node: string;
}

const pod = (namespace: string, workload: string, kind: string, name: string, ip: string, node: string, labels: Readonly<Record<string, string>>): Pod => ({
  namespace,
  workload,
  kind,
  name,
  ip,
  node,
  labels,
});

export const workers: readonly Pod[] = Array.from({ length: 8 }, (_, i) =>
  pod('ai-training', 'pretrain', 'PyTorchJob', `pretrain-worker-${i}`, `10.0.1.${10 + i}`, `gpu-${1 + (i >> 1)}`, {
    'training.kubeflow.org/job-name': 'pretrain',
    'training.kubeflow.org/replica-type': 'worker',
  }),
);
export const notebook: Pod = pod('ai-training', 'notebook', 'StatefulSet', 'notebook-0', '10.0.1.40', 'gpu-4', { app: 'notebook' });
export const minio: Pod = pod('storage', 'minio', 'StatefulSet', 'minio-0', '10.0.2.5', 'cpu-1', { app: 'minio' });
export const coredns: Pod = pod('kube-system', 'coredns', 'Deployment', 'coredns-5d78c9869d-x7k2p', '10.0.3.3', 'cpu-1', { 'k8s-app': 'kube-dns' });
export const prometheus: Pod = pod('monitoring', 'prometheus', 'StatefulSet', 'prometheus-0', '10.0.3.9', 'cpu-2', { app: 'prometheus' });
export const payments: Pod = pod('production', 'payments', 'Deployment', 'payments-6f7c5b9d4f-2bcdf', '10.0.4.20', 'cpu-2', {
  app: 'payments',
  env: 'production',
});
export const postgres: Pod = pod('production', 'postgres', 'StatefulSet', 'postgres-0', '10.0.4.30', 'cpu-2', { app: 'postgres', env: 'production' });

export type Json = Readonly<Record<string, unknown>>;

const identities = new Map<string, number>();

function endpoint(of: Pod): Json {
  const key = `${of.namespace}/${of.workload}`;
  if (!identities.has(key)) identities.set(key, 20_000 + identities.size * 37);
  return {
    ID: 100 + Number(of.ip.split('.')[3]),
    identity: identities.get(key),
    cluster_name: 'prod-us-1',
    namespace: of.namespace,
    labels: [
      ...Object.entries(of.labels).map(([k, v]) => `k8s:${k}=${v}`),
      'k8s:io.cilium.k8s.policy.cluster=prod-us-1',
      `k8s:io.kubernetes.pod.namespace=${of.namespace}`,
    ].sort(),
    pod_name: of.name,
    workloads: [{ name: of.workload, kind: of.kind }],
  };
}

/** Somebody outside of the cluster, with the names that Cilium's DNS proxy knows for the address. */
export interface Outsider {
  readonly ip: string;
  readonly names: readonly string[];
  readonly reserved?: string;
}

const isPod = (end: Pod | Outsider): end is Pod => 'namespace' in end;

interface Conversation {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: Pod | Outsider;
  readonly to: Pod | Outsider;
  readonly sourcePort: number;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, -1)}${String(Math.floor((at % 1) * 1e6)).padStart(6, '0')}Z`;
}

function ends({ from, to, sourcePort, port, protocol = 'TCP' }: Conversation): Json {
  const end = (of: Pod | Outsider): Json => (isPod(of) ? endpoint(of) : { identity: 2, labels: [`reserved:${of.reserved ?? 'world'}`] });
  return {
    IP: { source: from.ip, destination: to.ip, ipVersion: 'IPv4' },
    l4: { [protocol]: { source_port: sourcePort, destination_port: port, ...(protocol === 'TCP' ? { flags: { SYN: true } } : {}) } },
    source: end(from),
    destination: end(to),
    ...(isPod(to) || to.names.length === 0 ? {} : { destination_names: to.names }),
  };
}

const wrapped = (flow: Json, node: string, time: string): Json => ({ flow, node_name: `prod-us-1/${node}`, time });

/** A connection that got through: the SYN as the source's node saw it, and the answer. */
export function forwarded(c: Conversation, uuid: string): Json[] {
  const node = isPod(c.from) ? c.from.node : isPod(c.to) ? c.to.node : 'gpu-1';
  const [time, back] = [timeOf(c.at), timeOf(c.at + 0.4)];
  const common = {
    Type: 'L3_L4',
    node_name: `prod-us-1/${node}`,
    traffic_direction: 'EGRESS',
    trace_observation_point: 'TO_STACK',
    event_type: { type: 4, sub_type: 3 },
  };
  const answer = { ...c, from: c.to, to: c.from, sourcePort: c.port, port: c.sourcePort };
  const { destination_names: _, ...ahead } = ends(answer);
  return [
    wrapped({ time, uuid, verdict: 'FORWARDED', ...ends(c), ...common, is_reply: false, Summary: 'TCP Flags: SYN' }, node, time),
    wrapped(
      { time: back, uuid: `${uuid.slice(0, -1)}b`, verdict: 'FORWARDED', ...ahead, ...common, is_reply: true, Summary: 'TCP Flags: SYN, ACK' },
      node,
      back,
    ),
  ];
}

/** A packet that policies dropped: the verdict and the drop, as Cilium tells each. */
export function dropped(c: Conversation, uuid: string): Json[] {
  const node = isPod(c.from) ? c.from.node : 'gpu-1';
  return [5, 1].map((type, i) => {
    const time = timeOf(c.at + i * 0.01);
    const flow = {
      time,
      uuid: `${uuid.slice(0, -1)}${i}`,
      verdict: 'DROPPED',
      drop_reason: 133,
      drop_reason_desc: 'POLICY_DENIED',
      ...ends(c),
      Type: 'L3_L4',
      node_name: `prod-us-1/${node}`,
      event_type: { type },
      traffic_direction: 'EGRESS',
      Summary: 'TCP Flags: SYN',
    };
    return wrapped(flow, node, time);
  });
}

/** A query as the DNS proxy saw it, and its answer. */
export function asked(at: number, from: Pod, query: string, qtypes: readonly string[], uuid: string, rcode = 0): Json[] {
  const node = from.node;
  const c: Conversation = { at, from, to: coredns, sourcePort: 40_000 + (Math.floor(at) % 20_000), port: 53, protocol: 'UDP' };
  const l7 = (type: string, dns: Json): Json => ({ type, dns: { query: `${query}.`, observation_source: 'proxy', qtypes, ...dns } });
  const common = { Type: 'L7', node_name: `prod-us-1/${node}`, event_type: { type: 129 }, traffic_direction: 'EGRESS', verdict: 'FORWARDED' };
  const [time, back] = [timeOf(at), timeOf(at + 2)];
  const answer = { ...c, from: c.to, to: c.from, sourcePort: 53, port: c.sourcePort };
  return [
    wrapped({ time, uuid, ...ends(c), l7: l7('REQUEST', {}), ...common, is_reply: false, Summary: `DNS Query ${query}. ${qtypes.join(',')}` }, node, time),
    wrapped(
      {
        time: back,
        uuid: `${uuid.slice(0, -1)}b`,
        ...ends(answer),
        l7: l7('RESPONSE', { ...(rcode === 0 ? {} : { rcode }), rrtypes: qtypes }),
        ...common,
        is_reply: true,
      },
      node,
      back,
    ),
  ];
}
