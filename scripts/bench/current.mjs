// One large cluster with training zones in it that changes again and again: node --expose-gc scripts/bench/current.mjs SHAPE prints figures as JSON.
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { built } from '../steps/printing.mjs';
import { shapes } from './scale.mjs';
import { numbers } from './teams.mjs';

/** Shapes in which one thing changes at a time. `space` names a namespace of the shape, `key` and `value` what its pods are told apart by. */
export const changing = {
  'teams-2500x40': { space: (i) => `team-${i}`, key: 'job', value: (i) => `job-${i % 3}`, cni: 'cilium' },
  'mixed-2500x40': { space: (i) => `mix-${i}`, key: 'role', value: (i) => `r${i % 8}`, cni: 'cilium' },
  'calico-2500x40': { space: (i) => `cal-${i}`, key: 'role', value: (i) => `r${i % 8}`, cni: 'calico' },
};

/** Where a change happens, as the zones see it. Each place gets as many changes. */
const places = ['elsewhere', 'inside a zone', 'in a protected namespace'];
const changesEach = 120;
const checkEvery = 90;
/** Namespaces of the shapes that are training zones, and those that each of them protects. */
const inZones = [100, 900, 1700];
const inProtected = [200, 201, 202];

/** A zone that takes over a namespace of the shape: two workloads that need DNS, and namespaces that they must not reach. */
function zoneText(at, { space, key, value, cni }) {
  return `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: zone-${at}}
spec:
  platform: {cni: ${cni}}
  namespace: {name: ${space(at)}}
  workloads:
  - {name: pretrain, selector: {${key}: ${value(0)}}}
  - {name: tune, selector: {${key}: ${value(1)}}}
  protected:
  - {name: production, namespaces: [${inProtected.map(space).join(', ')}]}
  - {name: ledger, cidrs: [52.7.0.0/16]}
`;
}

async function measure(name) {
  const modules = ['app/load.js', 'app/current.js', 'spec/parse.js', 'engine/profiles.js'];
  const [{ loadSnapshot }, { CurrentClaims }, { parseZone }, { profileOf }] = await Promise.all(modules.map(built));
  const shape = changing[name];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...shapes[name].make()] });
  const { snapshot } = loadSnapshot([{ file: 'cluster.json', text }]);
  const zones = inZones.map((at) => {
    const read = parseZone(zoneText(at, shape), `zone-${at}.yaml`);
    if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
    return read.value;
  });
  const profile = profileOf(shape.cni).value;
  const current = new CurrentClaims(snapshot, profile, zones);
  globalThis.gc?.();
  const random = numbers(17);
  const times = new Map();
  const wrong = [];
  let anew = 0;
  for (let i = 0; i < places.length * changesEach; i++) {
    const place = places[i % places.length];
    const { what, change } = nextChange(current.snapshot, spaceFor(place, random, shape), random, shape);
    const processor = process.cpuUsage();
    const start = performance.now();
    const followed = current.apply(change);
    const clock = performance.now() - start;
    const { user } = process.cpuUsage(processor);
    if (followed.anew) anew++;
    for (const row of [place, `${place}: ${what}`]) times.set(row, [...(times.get(row) ?? []), { clock, processor: user / 1000 }]);
    if (i % checkEvery !== checkEvery - 1) continue;
    const fresh = new CurrentClaims({ ...current.snapshot }, profile, zones);
    for (const [at, { zone, claims }] of current.zones.entries())
      if (!isDeepStrictEqual(claims, fresh.zones[at]?.claims))
        wrong.push(`after change ${i + 1}, the last of which was ${place}: ${what}, zone ${zone} has other claims`);
  }
  return { name, anew, places: [...times].map(([what, all]) => ({ what, changes: all.length, ...spread(all) })), wrong };
}

function spread(times) {
  const sorted = (key) => times.map((t) => t[key]).sort((a, b) => a - b);
  const [clock, processor] = [sorted('clock'), sorted('processor')];
  const at = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))];
  return { median: at(clock, 0.5), p99: at(clock, 0.99), most: clock.at(-1), processorMedian: at(processor, 0.5), processorP99: at(processor, 0.99) };
}

function spaceFor(place, random, { space }) {
  if (place === 'inside a zone') return space(inZones[random(inZones.length)]);
  if (place === 'in a protected namespace') return space(inProtected[random(inProtected.length)]);
  for (;;) {
    const i = random(2500);
    if (!inZones.includes(i) && !inProtected.includes(i)) return space(i);
  }
}

/** One thing of a namespace that comes, goes or is different. What comes is made from what is there. */
function nextChange(snapshot, space, random, { key, value }) {
  const policies = snapshot.policies.filter((p) => p.namespace === space);
  const pods = snapshot.workloads.filter((w) => w.namespace === space);
  const [policy, pod] = [policies[random(policies.length)], pods[random(pods.length)]];
  const fresh = `came-${random(1_000_000)}`;
  const relabelled = (labels) => ({ ...labels, [key]: value(random(8)) });
  const changes = [
    () => ({ what: 'policy came', change: { kind: 'policy', before: null, after: { ...policy, name: fresh } } }),
    () => (policies.length < 3 ? null : { what: 'policy went', change: { kind: 'policy', before: policy, after: null } }),
    () => {
      const other = policies[random(policies.length)];
      return { what: 'policy edited', change: { kind: 'policy', before: policy, after: { ...policy, rules: other.rules } } };
    },
    () => ({ what: 'pod came', change: { kind: 'workload', before: null, after: { ...pod, name: fresh, id: `Pod/${space}/${fresh}` } } }),
    () => (pods.length < 20 ? null : { what: 'pod went', change: { kind: 'workload', before: pod, after: null } }),
    () => ({ what: 'pod relabelled', change: { kind: 'workload', before: pod, after: { ...pod, labels: relabelled(pod.labels) } } }),
    () => {
      const before = snapshot.namespaces.get(space);
      return { what: 'namespace relabelled', change: { kind: 'namespace', before, after: { ...before, labels: { ...before.labels, tier: `t${random(5)}` } } } };
    },
  ];
  return changes[random(changes.length)]() ?? changes[0]();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));
