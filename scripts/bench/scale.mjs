// One large cluster in a process of its own: node --expose-gc scripts/bench/scale.mjs SHAPE prints figures as JSON.
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';
import { numbers } from './teams.mjs';

const np = (namespace, name, spec) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec });
const ns = (name, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (namespace, name, labels, ports = [{ name: 'http', containerPort: 8080 }]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1', ports }] },
});
const named = (name) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const dns = { to: [{ ...named('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [{ protocol: 'UDP', port: 53 }] };

/** `spaces` namespaces of `pods` pods each: default deny with DNS, and one policy a job that opens the job's pods to each other. */
function* teams(spaces, pods, jobs) {
  yield ns('kube-system');
  yield pod('kube-system', 'coredns', { 'k8s-app': 'kube-dns' });
  for (let i = 0; i < spaces; i++) {
    const space = `team-${i}`;
    yield ns(space, { unit: `u${i % 40}` });
    for (let p = 0; p < pods; p++) yield pod(space, `worker-${p}`, { app: 'train', job: `job-${p % jobs}`, index: String(p) });
    yield np(space, 'default', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [dns] });
    for (let j = 0; j < jobs; j++) {
      const podSelector = { matchLabels: { job: `job-${j}` } };
      yield np(space, `job-${j}`, {
        podSelector,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ podSelector }], ports: [{ protocol: 'TCP' }] }],
        egress: [{ to: [{ podSelector }], ports: [{ protocol: 'TCP' }] }],
      });
    }
  }
}

/** One namespace in which each of `count` policies selects every one of `count` pods and lets one of them in. */
function* crowd(count) {
  yield ns('crowd');
  for (let i = 0; i < count; i++) {
    yield pod('crowd', `p-${i}`, { id: `p-${i}` });
    yield np('crowd', `from-${i}`, {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { id: `p-${i}` } } }], ports: [{ protocol: 'TCP', port: 8000 + (i % 7) }] }],
    });
  }
}

/** Teams with ports, port names, blocks with exceptions, and Cilium policies with deny rules among the others. */
function* mixed(spaces, pods) {
  const random = numbers(7);
  for (let i = 0; i < spaces; i++) {
    const space = `mix-${i}`;
    yield ns(space, { tier: `t${i % 5}` });
    for (let p = 0; p < pods; p++)
      yield pod(space, `p-${p}`, { role: `r${p % 8}`, pin: String(p) }, [{ name: p % 2 === 0 ? 'http' : 'grpc', containerPort: 8000 + (p % 3) }]);
    yield np(space, 'deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [dns] });
    yield np(space, 'named', {
      podSelector: { matchLabels: { role: `r${random(8)}` } },
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'http' }, { port: 9000, endPort: 9010 }] }],
    });
    yield np(space, 'blocks', {
      podSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['r1', 'r2'] }] },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: `52.${i % 200}.0.0/16`, except: [`52.${i % 200}.${i % 250}.0/24`] } }], ports: [{ port: 443 }] }],
    });
    yield {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'guard', namespace: space },
      spec: {
        endpointSelector: { matchLabels: { role: 'r3' } },
        ingress: [{ fromEndpoints: [{ matchLabels: { role: 'r4' } }], toPorts: [{ ports: [{ port: '7000', protocol: 'TCP' }] }] }],
        ingressDeny: [{ fromEndpoints: [{ matchLabels: { role: 'r5' } }] }],
      },
    };
  }
}

/** Teams under Calico: tiers, policies in order, sets of networks, blocks with exceptions, port ranges, selectors of service accounts. */
function* calico(spaces, pods) {
  const random = numbers(7);
  const gc = (kind, name, spec, namespace, labels) => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
    spec,
  });
  yield gc('Tier', 'platform', { order: 100 });
  yield gc('GlobalNetworkPolicy', 'platform.metadata', {
    tier: 'platform',
    order: 1,
    selector: 'all()',
    types: ['Egress'],
    egress: [{ action: 'Deny', destination: { nets: ['169.254.169.254/32'] } }, { action: 'Pass' }],
  });
  for (let i = 0; i < 20; i++) yield gc('GlobalNetworkSet', `feed-${i}`, { nets: [`52.${i}.0.0/16`, `35.${i}.0.0/16`] }, undefined, { feed: `f${i}` });
  for (let i = 0; i < spaces; i++) {
    const space = `cal-${i}`;
    yield ns(space, { tier: `t${i % 5}` });
    for (let p = 0; p < pods; p++)
      yield pod(space, `p-${p}`, { role: `r${p % 8}`, pin: String(p) }, [{ name: p % 2 === 0 ? 'http' : 'grpc', containerPort: 8000 + (p % 3) }]);
    yield np(space, 'deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [dns] });
    yield gc(
      'NetworkPolicy',
      'default.ordered',
      {
        order: 10,
        selector: `role in {'r1','r${random(8)}'}`,
        types: ['Ingress', 'Egress'],
        ingress: [
          { action: 'Deny', source: { selector: "role == 'r5'" } },
          { action: 'Allow', protocol: 'TCP', source: { selector: "has(pin) && role != 'r6'" }, destination: { ports: [8000, '9000:9010', 'http'] } },
        ],
        egress: [
          { action: 'Allow', protocol: 'TCP', destination: { selector: "role != 'r7'", ports: [8000, '9000:9010'] } },
          { action: 'Allow', protocol: 'TCP', destination: { selector: `feed == 'f${i % 20}'`, namespaceSelector: 'global()', ports: [443] } },
        ],
      },
      space,
    );
    yield gc(
      'NetworkPolicy',
      'default.blocks',
      {
        order: 20,
        selector: "role == 'r2'",
        types: ['Egress'],
        egress: [
          { action: 'Allow', protocol: 'TCP', destination: { nets: [`52.${i % 200}.0.0/16`], notNets: [`52.${i % 200}.${i % 250}.0/24`], ports: [443] } },
          { action: 'Log' },
          { action: 'Deny' },
        ],
      },
      space,
    );
    yield np(space, 'named', { podSelector: { matchLabels: { role: 'r3' } }, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }] });
  }
}

/** `targets` are what the engine promises for compiling and solving: milliseconds, and megabytes resident of the whole process after reading. */
export const shapes = {
  'teams-2500x40': { what: '2,500 namespaces of 40 pods, 10,000 policies', make: () => teams(2500, 40, 3), target: '2 s, 1 GB' },
  'teams-25000x4': { what: '25,000 namespaces of 4 pods, 75,000 policies', make: () => teams(25_000, 4, 2), target: '5 s, 1.5 GB' },
  'crowd-10000': { what: 'one namespace, 10,000 pods, 10,000 policies that select them all', make: () => crowd(10_000), target: '3 s' },
  'mixed-2500x40': {
    what: '100,000 pods, 10,000 policies with port names, ranges, blocks with exceptions and Cilium denies',
    make: () => mixed(2500, 40),
    target: '4 s',
  },
  'calico-2500x40': {
    what: '100,000 pods, 10,000 policies of Calico and NetworkPolicy: a tier, orders, sets of networks, blocks with exceptions, port names',
    make: () => calico(2500, 40),
    target: '4 s',
    profile: 'calico',
  },
  // The same namespaces, jobs and policies, so the same classes, with ever more pods.
  ...Object.fromEntries(
    [20, 40, 80, 160].map((pods) => [
      `doubling-${pods * 625}`,
      { what: `${pods * 625} pods in the same 625 namespaces and 1,875 jobs`, make: () => teams(625, pods, 3), target: null },
    ]),
  ),
};

/** Objects as one JSON List, the way they are read. */
export function listFile(name, objects) {
  return { path: `${name}.json`, text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...objects] }) };
}

async function measure(name) {
  const { make, profile: cni = 'cilium' } = shapes[name];
  const items = [...make()];
  const { text } = listFile(name, items);
  const counts = { pods: items.filter((o) => o.kind === 'Pod').length, policies: items.filter((o) => o.kind.endsWith('Policy')).length };
  items.length = 0;
  const [{ loadSnapshot }, { reach }, { decide }, { profileOf }] = await Promise.all(
    ['app/load.js', 'engine/reach.js', 'engine/decide.js', 'engine/profiles.js'].map(built),
  );
  const begin = performance.now();
  const { snapshot } = loadSnapshot([{ file: 'cluster.json', text }]);
  const read = performance.now();
  globalThis.gc?.();
  const before = performance.now();
  const solved = reach(snapshot, profileOf(cni).value);
  const compiled = performance.now();
  let rectangles = 0;
  for (const rectangle of solved.rectangles()) rectangles += rectangle.to.length > 0 ? 1 : 0;
  const end = performance.now();
  const resident = process.memoryUsage().rss;
  const random = numbers(11);
  const any = () => snapshot.workloads[random(snapshot.workloads.length)];
  const pairs = Array.from({ length: 20_000 }, () => [any(), any()].map((w) => ({ kind: 'workload', id: w.id })));
  for (const [a, b] of pairs) solved.between(a, b);
  const asked = performance.now();
  for (const [a, b] of pairs) solved.between(a, b);
  const answered = performance.now();
  const wrong = sample(snapshot, solved, decide, profileOf(cni).value, random);
  return {
    name,
    ...counts,
    classes: solved.classes.length,
    megabytes: text.length / 1e6,
    read: read - begin,
    compile: compiled - before,
    matrix: end - compiled,
    rectangles,
    resident: resident / 1e6,
    point: ((answered - asked) * 1000) / pairs.length,
    wrong,
  };
}

/** Packets between pods of one namespace, asked of the definition on that namespace alone, which is all that decides them here. */
function sample(snapshot, solved, decide, profile, random) {
  const wrong = [];
  const byNamespace = new Map();
  for (const w of snapshot.workloads) byNamespace.set(w.namespace, [...(byNamespace.get(w.namespace) ?? []), w].slice(-200));
  const spaces = [...byNamespace.keys()];
  const spots = byNamespace.size === 1 ? 2 : 60;
  for (let i = 0; i < spots; i++) {
    const space = spaces[random(spaces.length)];
    const workloads = byNamespace.get(space);
    const small = { ...snapshot, workloads, policies: snapshot.policies.filter((p) => p.namespace === space || p.namespace === null), objects: [] };
    for (let k = 0; k < 10; k++) {
      const [from, to] = [workloads[random(workloads.length)], workloads[random(workloads.length)]];
      if (from === to) continue;
      const port = [53, 443, 7000, 8000, 8001, 8080, 9005][random(7)];
      const flow = solved.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id });
      const said = flow.allowed.has('TCP', port) ? 'allowed' : flow.unknown.has('TCP', port) ? 'unknown' : 'denied';
      const { decision } = decide(small, profile, {
        from: { kind: 'pod', workload: from.id, replica: 0 },
        to: { kind: 'pod', workload: to.id, replica: 0 },
        protocol: 'TCP',
        port,
      });
      if (decision !== said) wrong.push(`${from.id} -> ${to.id} TCP/${port}: reach ${said}, decide ${decision}`);
    }
  }
  return wrong;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
