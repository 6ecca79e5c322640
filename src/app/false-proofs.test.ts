import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { readZones } from '../spec/parse.ts';
import { compile } from './generate.ts';
import { loadSnapshot } from './load.ts';
import { verify } from './verify.ts';

/**
 * Lies that a proof must not swallow. The shared cluster with its own pack is proven; each row adds or changes one thing that opens it (or breaks the
 * job), and some claim must stop holding.
 */
const folder = 'examples/shared-cluster';
const zoneText = readFileSync(`${folder}/zone.yaml`, 'utf8');
const cluster = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml') && file !== 'zone.yaml')
  .map((file) => ({ file, text: readFileSync(`${folder}/${file}`, 'utf8') }));

function brokenClaims(
  extra: string,
  change: (texts: { file: string; text: string }[]) => { file: string; text: string }[] = (t) => t,
  zone: string = zoneText,
): string[] {
  const { zones } = readZones([{ file: 'zone.yaml', text: zone }]);
  const [loaded] = zones;
  if (loaded === undefined) throw new Error('no zone');
  const pack = compile(loaded);
  const profile = profileOf('cilium@1.19');
  if (!pack.ok || !profile.ok) throw new Error('no pack or no profile');
  const files = pack.value.files.filter((f) => f.path.endsWith('.yaml') && f.path !== 'kustomization.yaml').map((f) => ({ file: f.path, text: f.text }));
  const { snapshot, diagnostics } = loadSnapshot(change([...cluster, ...files, { file: 'extra.yaml', text: extra }]));
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return verify(snapshot, profile.value, zones).zones.flatMap((z) => z.claims.filter((c) => c.status !== 'holds').map((c) => c.id));
}

const np = (spec: string): string => `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: lie, namespace: ai-training}\nspec: ${spec}\n`;
const cnp = (spec: string): string => `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: lie, namespace: ai-training}\nspec: ${spec}\n`;
const ccnp = (spec: string): string => `apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: lie}\nspec: ${spec}\n`;
const dns =
  '{toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns}}], toPorts: [{ports: [{port: "53", protocol: ANY}], rules: {dns: [{matchPattern: "*"}]}}]}';
const train = '{matchLabels: {workload-type: distributed-training}}';
const without = (path: string) => (texts: { file: string; text: string }[]) => texts.filter((t) => t.file !== path);

describe('a proof does not swallow', () => {
  test('the truth: with nothing added every claim holds', () => {
    expect(brokenClaims('')).toEqual([]);
  });

  test.each<readonly [string, string, string]>([
    ['any name', cnp(`{endpointSelector: ${train}, egress: [${dns}, {toFQDNs: [{matchPattern: "*"}]}]}`), 'safety/reaches-only/pretrain'],
    [
      'names of one domain that is not ours',
      cnp(`{endpointSelector: ${train}, egress: [${dns}, {toFQDNs: [{matchPattern: "*.attacker.example"}]}]}`),
      'safety/reaches-only/pretrain',
    ],
    [
      'names under it at any depth',
      cnp(`{endpointSelector: ${train}, egress: [${dns}, {toFQDNs: [{matchPattern: "**.evil.io"}], toPorts: [{ports: [{port: "4444", protocol: TCP}]}]}]}`),
      'safety/reaches-only/pretrain',
    ],
    [
      'an opening for pods that carry a label',
      np('{podSelector: {matchLabels: {debug: "true"}}, policyTypes: [Ingress, Egress], egress: [{}], ingress: [{}]}'),
      'safety/undeclared-pods-reach-nothing',
    ],
    [
      'an opening for our pods when they carry a label',
      np('{podSelector: {matchLabels: {workload-type: distributed-training, debug: "true"}}, policyTypes: [Egress], egress: [{}]}'),
      'safety/reaches-only/pretrain',
    ],
    [
      'an opening for a service account',
      ccnp('{endpointSelector: {matchLabels: {"io.cilium.k8s.policy.serviceaccount": debug}}, egress: [{toEntities: [all]}]}'),
      'safety/undeclared-pods-reach-nothing',
    ],
    [
      'a named port that pods to come may declare',
      np('{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}}], ports: [{port: jupyter}]}]}'),
      'safety/nothing-else-reaches-training',
    ],
    [
      'whoever carries a label, from anywhere',
      np('{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {let-me: in}}}]}]}'),
      'safety/nothing-else-reaches-training',
    ],
    [
      'a pod to come in a protected zone',
      np(
        '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {env: production}}, podSelector: {matchLabels: {tier: future}}}]}]}',
      ),
      'safety/protected-unreachable/production',
    ],
    [
      'a namespace to come',
      np('{podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {purpose: batch}}}]}]}'),
      'safety/nothing-else-reaches-training',
    ],
    ['identities that carry the world in', cnp(`{endpointSelector: {}, ingress: [{fromEntities: [ingress]}]}`), 'safety/nothing-else-reaches-training'],
    ['other nodes', cnp('{endpointSelector: {}, ingress: [{fromEntities: [remote-node]}]}'), 'safety/nothing-else-reaches-training'],
    ['the API server wherever it is', cnp('{endpointSelector: {}, ingress: [{fromEntities: [kube-apiserver]}]}'), 'safety/nothing-else-reaches-training'],
    [
      'a job of a kind that nothing reads',
      'apiVersion: training.example.com/v1\nkind: SolverJob\nmetadata: {name: mpi, namespace: ai-training}\nspec: {}\n',
      'safety/whole-picture',
    ],
    [
      'a policy of a language that nothing reads',
      'apiVersion: security.example.com/v1\nkind: ClusterTrafficPolicy\nmetadata: {name: anyone}\nspec: {}\n',
      'safety/whole-picture',
    ],
    [
      'pods of every cluster of a mesh',
      cnp(`{endpointSelector: ${train}, egress: [{toEndpoints: [{matchExpressions: [{key: io.cilium.k8s.policy.cluster, operator: Exists}]}]}]}`),
      'safety/reaches-only/pretrain',
    ],
    [
      'a redirect of the cluster DNS',
      'apiVersion: cilium.io/v2\nkind: CiliumLocalRedirectPolicy\nmetadata: {name: nodelocaldns, namespace: kube-system}\nspec: {}\n',
      'safety/whole-picture',
    ],
    [
      'a node-local DNS cache that the zone does not name',
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: node-local-dns, namespace: kube-system}\nspec: {selector: {matchLabels: {k8s-app: node-local-dns}}, template: {metadata: {labels: {k8s-app: node-local-dns}}, spec: {hostNetwork: true, containers: [{name: c, image: x}]}}}\n',
      'liveness/dns/pretrain',
    ],
    [
      'a pod on the host network',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: evil, namespace: ai-training}\nspec: {hostNetwork: true, containers: [{name: c, image: x}]}\n',
      'safety/no-ungoverned-paths',
    ],
    [
      'a pod on a second network',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: evil, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/networks: production/vlan}}\nspec: {containers: [{name: c, image: x}]}\n',
      'safety/no-ungoverned-paths',
    ],
    [
      'a stranger with the role of training',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: evil, namespace: ai-training}\nspec: {serviceAccountName: training-job, containers: [{name: c, image: x}]}\n',
      'hygiene/identity/pretrain',
    ],
    [
      'a stranger bound to a node of the pool',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: squat, namespace: production}\nspec: {nodeName: gpu-1, containers: [{name: c, image: x}]}\n',
      'hygiene/node-pool-exclusive',
    ],
    ['a pool node without the taint', 'apiVersion: v1\nkind: Node\nmetadata: {name: gpu-99, labels: {node-role: gpu-training}}\n', 'hygiene/node-pool-tainted'],
  ])('%s', (_, extra, claim) => {
    expect(brokenClaims(extra)).toContain(claim);
  });

  test.each<readonly [string, (texts: { file: string; text: string }[]) => { file: string; text: string }[], string]>([
    [
      'other nodes, when no Node is in the input',
      (t) => [...without('nodes.yaml')(t), { file: 'x.yaml', text: cnp('{endpointSelector: {}, ingress: [{fromEntities: [remote-node]}]}') }],
      'safety/nothing-else-reaches-training',
    ],
    ['a pool that no Node shows', without('nodes.yaml'), 'hygiene/node-pool-exclusive'],
    ['a protected zone that nothing shows', without('notebooks.yaml'), 'safety/protected-unreachable/notebooks'],
    [
      'a default deny that spares whoever carries a label',
      (t) =>
        t.map((x) =>
          x.file === '20-default-deny.yaml'
            ? { ...x, text: x.text.replace('podSelector: {}', 'podSelector: {matchExpressions: [{key: exempt, operator: DoesNotExist}]}') }
            : x,
        ),
      'hygiene/default-deny',
    ],
    [
      'a default deny on a label that Cilium does not see',
      (t) =>
        t.map((x) =>
          x.file === '20-default-deny.yaml'
            ? { ...x, text: x.text.replace('podSelector: {}', 'podSelector: {matchLabels: {apps.kubernetes.io/pod-index: "0"}}') }
            : x,
        ),
      'hygiene/default-deny',
    ],
    [
      'TLS server names of another host',
      (t) =>
        t.map((x) =>
          x.file === '50-storage-pretrain.yaml'
            ? { ...x, text: x.text.replace(/(serverNames:\n)(\s+- )my-training-data\S+\n\s+- my-training-data\S+/, '$1$2wrong.example.com') }
            : x,
        ),
      'liveness/data/corpus/pretrain',
    ],
    [
      'a quota that counts next to nothing',
      (t) => t.map((x) => (x.file === '10-quota.yaml' ? { ...x, text: x.text.replace('spec:', 'spec:\n  scopes: [Terminating]') } : x)),
      'hygiene/quota',
    ],
    [
      'a pod template that the namespace refuses',
      (t) =>
        t.map((x) =>
          x.file === 'training.yaml' ? { ...x, text: x.text.replaceAll(/allowPrivilegeEscalation: false/g, 'allowPrivilegeEscalation: true') } : x,
        ),
      'liveness/admitted/pretrain',
    ],
  ])('%s', (_, change, claim) => {
    expect(brokenClaims('', change)).toContain(claim);
  });

  test('two zones that are opened to each other', () => {
    const second = zoneText
      .replace('name: llm-pretraining', 'name: second')
      .replace('name: ai-training', 'name: second-training')
      .replace(/ {2}protected:[\s\S]*$/, '');
    const { zones } = readZones([
      { file: 'zone.yaml', text: zoneText },
      { file: 'second.yaml', text: second },
    ]);
    expect(zones).toHaveLength(2);
    const profile = profileOf('cilium@1.19');
    const texts = zones.flatMap((z) => {
      const pack = compile(z);
      return pack.ok
        ? pack.value.files
            .filter((f) => f.path.endsWith('.yaml') && f.path !== 'kustomization.yaml')
            .map((f) => ({ file: `${z.zone.metadata.name}/${f.path}`, text: f.text }))
        : [];
    });
    const both = (from: string, to: string): string =>
      `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: lie, namespace: ${from}}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${to}}}}]}], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${to}}}}]}]}\n`;
    const lie = { file: 'lie.yaml', text: both('ai-training', 'second-training') + both('second-training', 'ai-training') };
    const { snapshot } = loadSnapshot([...cluster, ...texts, lie]);
    const report = profile.ok ? verify(snapshot, profile.value, zones).zones : [];
    for (const zone of report) expect(zone.claims.find((c) => c.id === 'safety/nothing-else-reaches-training')?.status).toBe('fails');
  });
});
