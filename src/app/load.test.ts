import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stableJson } from '../kernel/stable.ts';
import { loadSnapshot } from './load.ts';

const load = (text: string) => loadSnapshot([{ file: 'f.yaml', text }]);

/** Diagnostics as `severity code line:column`. */
function told(text: string): readonly string[] {
  const { diagnostics, locator } = load(text);
  return diagnostics.map((d) => {
    const at = d.origin === null ? undefined : locator.locate(d.origin);
    return `${d.severity} ${d.code} ${at?.line}:${at?.column}`;
  });
}

describe('snapshot', () => {
  test('namespaces: read, implied, and always labelled with their name', () => {
    const { snapshot } = load(
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: b, labels: {env: prod, kubernetes.io/metadata.name: lie}}\n---\napiVersion: x.io/v1\nkind: Thing\nmetadata: {name: t, namespace: a}\n',
    );
    expect([...snapshot.namespaces.values()]).toMatchObject([
      { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' }, origin: null },
      { name: 'b', labels: { env: 'prod', 'kubernetes.io/metadata.name': 'b' }, origin: { path: [] } },
    ]);
  });
  test('kinds that nothing reads are counted by version', () => {
    const { snapshot, ignored } = load(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n---\napiVersion: a.io/v1\nkind: X\n---\nreplicas: 3\n',
    );
    expect([...snapshot.unread]).toEqual([
      ['a.io/v1/X', 1],
      ['v1/ConfigMap', 2],
    ]);
    expect(ignored).toBe(1);
    expect(snapshot.objects).toHaveLength(3);
  });
  test('services with the API server’s defaults', () => {
    const { snapshot, diagnostics } = load(`apiVersion: v1
kind: Service
metadata: {name: a, namespace: ns}
spec: {selector: {app: x}, ports: [{port: 80}, {name: m, port: 81, targetPort: metrics, protocol: UDP, nodePort: 30001}]}
---
apiVersion: v1
kind: Service
metadata: {name: b}
spec: {clusterIP: None, selector: {}}
---
apiVersion: v1
kind: Service
metadata: {name: c}
spec: {type: ExternalName, externalName: db.example.com, selector: {app: x}}
---
apiVersion: v1
kind: Service
metadata: {name: d}
spec: {type: LoadBalancer, clusterIPs: [10.96.0.9, "fd00::9"], clusterIP: 10.96.0.9, externalIPs: [192.0.2.1]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.2}, {hostname: x}]}}
`);
    expect(diagnostics).toEqual([]);
    expect(snapshot.services).toMatchObject([
      {
        name: 'a',
        type: 'ClusterIP',
        headless: false,
        selector: { requirements: [{ key: 'app', operator: 'In', values: ['x'] }] },
        ports: [
          { name: null, protocol: 'TCP', port: 80, targetPort: 80, nodePort: null },
          { name: 'm', protocol: 'UDP', port: 81, targetPort: 'metrics', nodePort: 30001 },
        ],
        clusterIps: [],
      },
      { name: 'b', headless: true, selector: null, clusterIps: [] },
      { name: 'c', type: 'ExternalName', headless: false, selector: null, externalName: 'db.example.com' },
      { name: 'd', clusterIps: ['10.96.0.9', 'fd00::9'], externalIps: ['192.0.2.1', '192.0.2.2'] },
    ]);
  });
  test('nodes, read and implied, and the pod ranges they give', () => {
    const { snapshot } = load(`apiVersion: v1
kind: Node
metadata: {name: n1, labels: {gpu: "true"}}
spec: {podCIDR: 10.1.0.0/24, podCIDRs: [10.1.0.0/24, "fd00::/64"], taints: [{key: gpu, effect: NoSchedule}]}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: Hostname, address: n1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {nodeName: n2, containers: []}
status: {phase: Running, hostIP: 192.168.0.2, podIP: 10.1.1.5}
`);
    expect(snapshot.nodes).toMatchObject([
      {
        name: 'n1',
        labels: { gpu: 'true' },
        taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }],
        addresses: ['192.168.0.1'],
        podCidrs: ['10.1.0.0/24', 'fd00::/64'],
      },
      { name: 'n2', addresses: ['192.168.0.2'], origin: null },
    ]);
    expect(snapshot.ranges).toEqual({ pods: ['10.1.0.0/24', 'fd00::/64'], nodes: [], services: [] });
    expect(loadSnapshot([], { ranges: { pods: ['10.0.0.0/8'] } }).snapshot.ranges.pods).toEqual(['10.0.0.0/8']);
  });
  test('service accounts and quotas', () => {
    const { snapshot } = load(
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, annotations: {eks.amazonaws.com/role-arn: x}}\nautomountServiceAccountToken: false\n---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ns}\nspec: {hard: {requests.nvidia.com/gpu: 16, pods: "50"}}\n',
    );
    expect(snapshot.serviceAccounts).toMatchObject([
      { namespace: 'default', name: 's', annotations: { 'eks.amazonaws.com/role-arn': 'x' }, automountToken: false },
    ]);
    expect(snapshot.quotas).toMatchObject([{ namespace: 'ns', name: 'q', hard: { 'requests.nvidia.com/gpu': '16', pods: '50' } }]);
  });
  test('policies come through their dialect', () => {
    const { snapshot } = load(
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: ns}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n',
    );
    expect(snapshot.policies).toMatchObject([{ kind: 'NetworkPolicy', namespace: 'ns', name: 'deny', isolates: { ingress: true, egress: true } }]);
  });
});

describe('faults', () => {
  test('a broken object is told, and the others are read', () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 0}, {port: 80, targetPort: "8080"}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {}\n---\na: [\n';
    expect(told(text)).toEqual(['error out-of-range 4:23', 'error bad-port-name 4:50', 'error yaml-syntax 12:1']);
    expect(load(text).snapshot.services).toMatchObject([{ name: 'b' }]);
  });
  test('a known kind without a name', () => {
    expect(told('apiVersion: v1\nkind: Pod\nmetadata: {labels: {}}\nspec: {containers: []}\n')).toEqual(['error missing-field 3:11']);
    expect(told('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n')).toEqual([]);
  });
  test('a known kind with a name that no cluster takes', () => {
    expect(told('apiVersion: v1\nkind: Pod\nmetadata: {name: My_Pod}\nspec: {containers: []}\n')).toEqual(['error bad-name 3:18']);
    expect(told('apiVersion: v1\nkind: Pod\nmetadata: {generateName: my-pod-}\nspec: {containers: []}\n')).toEqual([]);
  });
  test('of objects that are there twice the later counts, and both places are named', () => {
    const service = (port: number): string => `apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: ${port}}]}\n`;
    const { snapshot, diagnostics } = loadSnapshot([
      { file: 'a.yaml', text: service(1) },
      { file: 'b.yaml', text: `# note\n${service(2)}` },
    ]);
    expect(snapshot.services.map((s) => s.ports[0]?.port)).toEqual([2]);
    expect(diagnostics).toMatchObject([
      { code: 'duplicate-object', severity: 'warning', message: expect.stringContaining('a.yaml:1:1'), origin: { document: { file: 'b.yaml' } } },
    ]);
    expect(load(`${service(1)}---\n${service(1).replace('name: a', 'name: a, namespace: other')}`).diagnostics).toEqual([]);
  });
});

test('the order of files changes nothing but the order of lists', () => {
  const texts = ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind, i) => ({
    file: `${i}.yaml`,
    text: `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: w${i}, namespace: n${i}}\nspec: {template: {metadata: {labels: {app: a}}, spec: {containers: []}}}\n`,
  }));
  const plain = loadSnapshot(texts).snapshot;
  fc.assert(
    fc.property(fc.shuffledSubarray(texts, { minLength: 3 }), (shuffled) => {
      const { workloads, namespaces } = loadSnapshot(shuffled).snapshot;
      expect(stableJson([workloads, [...namespaces]])).toBe(stableJson([plain.workloads, [...plain.namespaces]]));
    }),
  );
});

test('nothing that is read is changed', () => {
  const { snapshot } = load('apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {x: z}}\nspec: {containers: [{name: c}]}\n');
  expect(snapshot.objects[0]?.body).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', labels: { x: 'z' } },
    spec: { containers: [{ name: 'c' }] },
  });
});

test.each([
  ['another group', 'extensions/v1beta1', 'NetworkPolicy'],
  ['small letters', 'networking.k8s.io/v1', 'networkpolicy'],
  ['a list of objects without kinds', 'v1', 'NetworkPolicyList'],
  ['a kind of a mesh', 'security.istio.io/v1', 'AuthorizationPolicy'],
])('a kind that may decide about traffic and that nothing reads is told: %s', (_, apiVersion, kind) => {
  const { diagnostics } = loadSnapshot([
    { file: 'p.yaml', text: `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: p, namespace: ml}, items: [{metadata: {name: p}}]}` },
  ]);
  expect(diagnostics.map((d) => d.code)).toContain('policy-kind-not-read');
});

test('a kind that only admits objects is not', () => {
  const text = '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: p}}';
  expect(loadSnapshot([{ file: 'p.yaml', text }]).diagnostics).toEqual([]);
});
