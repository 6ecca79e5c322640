import { describe, expect, test } from 'vitest';
import { families as profileFamilies } from '../../engine/profiles/registry.gen.ts';
import { profileOf } from '../../engine/profiles.ts';
import type { Peer } from '../../model/policy.ts';
import { cnis } from '../../spec/cni.ts';
import { parseZone } from '../../spec/parse.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';

const zone = (cni: string, hosts: string): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: ${cni}}
  namespace: {name: ml}
  workloads:
  - name: train
    selector: {app: train}
    services: [{name: api, hosts: [${hosts}]}]
`;

function packOf(cni: string, hosts: string): { readonly loaded: Parameters<typeof compile>[0]; readonly made: ReturnType<typeof compile> } {
  const parsed = parseZone(zone(cni, hosts), 'zone.yaml');
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join());
  return { loaded: parsed.value, made: compile(parsed.value) };
}

test('a zone may name each CNI that has a profile, in each version, and no other', () => {
  expect([...cnis].sort()).toEqual(profileFamilies.flatMap((f) => [f.name, ...f.profiles.map((p) => p.id).filter((id) => id !== f.name)]).sort());
});

describe('names in packs', () => {
  const one = '{oneLabelUnder: example.com}';
  const any = '{anyDepthUnder: example.com}';

  test.each([
    ['cilium', one, 'matchPattern: "*.example.com"'],
    ['cilium', any, 'matchPattern: "**.example.com"'],
    ['gke', one, 'pattern: "*.example.com"'],
    ['eks', any, '- "*.example.com"'],
    ['antrea', any, 'fqdn: "*.example.com"'],
  ])('under %s, %s is written as %s; only the addresses behind it stay open', (cni, hosts, text) => {
    const { loaded, made } = packOf(cni, hosts);
    expect(made.diagnostics).toEqual([]);
    const files = made.ok ? made.value.files.filter((f) => f.path.endsWith('.yaml')) : [];
    expect(files.map((f) => f.text).join('')).toContain(text);
    const profile = profileOf(cni);
    const { snapshot } = loadSnapshot(files.map((f) => ({ file: f.path, text: f.text })));
    const claims = profile.ok ? verify(snapshot, profile.value, [loaded]).zones.flatMap((z) => z.claims) : [];
    expect(claims.find((c) => c.id === 'safety/reaches-only/train')).toMatchObject({
      status: 'undecided',
      reasons: ['not known: which addresses the names of a pattern resolve to; list exact names'],
    });
    expect(claims.find((c) => c.id === 'liveness/service/api/train')?.status).toBe('holds');
  });

  test.each([
    ['gke', any, 'fixed number of labels'],
    ['eks', one, 'more than was asked for'],
    ['antrea', one, 'any number of labels'],
    ['calico', one, 'NetworkPolicy knows addresses only'],
    ['kubernetes', 'api.example.com', 'NetworkPolicy knows addresses only'],
    ['ovn-kubernetes', 'api.example.com', 'names are for an EgressFirewall'],
    ['kube-network-policies', 'api.example.com', 'names are for a ClusterNetworkPolicy'],
  ])('under %s, %s is refused', (cni, hosts, says) => {
    const { made } = packOf(cni, hosts);
    expect(made.ok).toBe(false);
    expect(made.diagnostics.map((d) => d.message).join()).toContain(says);
  });

  test.each([
    ['cilium', 'toFQDNs: [{matchPattern: "**.example.com"}]'],
    ['cilium', 'toFQDNs: [{matchPattern: "*.example.com"}, {matchPattern: "**.example.com"}]'],
    ['cilium', 'toFQDNs: [{matchName: anything.example.com}, {matchPattern: "**.example.com"}]'],
    ['cilium', 'toFQDNs: [{matchPattern: "*example.com"}]'],
  ])('under %s, a rule wider than one label under the domain is refuted: %s', (cni, rule) => {
    const { loaded, made } = packOf(cni, one);
    const files = made.ok ? made.value.files.filter((f) => f.path.endsWith('.yaml')) : [];
    const wider = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: wider, namespace: ml}
spec:
  endpointSelector: {matchLabels: {app: train}}
  egress:
  - toEndpoints: [{matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, "k8s:k8s-app": kube-dns}}]
    toPorts: [{ports: [{port: "53", protocol: UDP}, {port: "53", protocol: TCP}], rules: {dns: [{matchPattern: "*"}]}}]
  - ${rule}
    toPorts: [{ports: [{port: "443", protocol: TCP}]}]
`;
    const profile = profileOf(cni);
    const { snapshot } = loadSnapshot([...files.map((f) => ({ file: f.path, text: f.text })), { file: 'wider.yaml', text: wider }]);
    // The same where names stand among conditions that must all hold: a peer inside a peer is a peer.
    const nested = snapshot.policies.map((p) =>
      p.name === 'wider'
        ? { ...p, rules: p.rules.map((r) => ({ ...r, peers: r.peers?.map((peer): Peer => ({ kind: 'all-of', peers: [peer] })) ?? null })) }
        : p,
    );
    const alone = nested.filter((p) => !p.name.startsWith('train-service'));
    for (const policies of [snapshot.policies, nested, alone]) {
      const claims = profile.ok ? verify({ ...snapshot, policies }, profile.value, [loaded]).zones.flatMap((z) => z.claims) : [];
      const claim = claims.find((c) => c.id === 'safety/reaches-only/train');
      expect(claim?.status).toBe('fails');
      expect(claim?.counterexamples.map((c) => c.story).join()).toMatch(/any pod of workload train reaches [^,]* \(a rule admits /);
    }
  });
});

test.each(cnis)(
  'there is a pack for %s; where it filters DNS, names of the cluster may be asked for, and outside names that are tried under its domain',
  (cni) => {
    const plain = zone(cni, 'api.eu.example.com').replace('{name: api,', '{name: api, cidrs: [203.0.113.7/32],');
    const parsed = parseZone(plain, 'zone.yaml');
    if (!parsed.ok) throw new Error('no zone');
    const made = compile(parsed.value);
    if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
    const asked = made.value.files.map((f) => f.text).join();
    if (cni.startsWith('aks')) expect(asked).toContain('matchName: api.eu.example.com');
    if (cni.startsWith('cilium') || cni.startsWith('aks'))
      expect(asked).toContain(cni === 'cilium@1.18' ? `matchPattern: "${'*.'.repeat(6)}cluster.local"` : 'matchPattern: "**.cluster.local"');
  },
);

test('AKS filters DNS where names are needed, and with them the paid service; elsewhere that would leave open whether anything resolves', () => {
  const parsed = parseZone(zone('aks-cilium', '').replace('hosts: []', 'pods: {namespace: ml, selector: {app: api}}'), 'zone.yaml');
  if (!parsed.ok) throw new Error('no zone');
  const made = compile(parsed.value);
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
  expect(made.value.files.find((f) => f.path === '40-dns.yaml')?.text).not.toContain('cilium');
  expect(made.value.files.find((f) => f.path === 'README.md')?.text).toContain('Pods may ask the resolver for any name');
});
