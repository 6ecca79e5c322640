import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { Advice } from '../../model/advice.ts';
import type { Profile } from '../../model/profile.ts';
import { explain } from '../explain.ts';
import { loadSnapshot } from '../load.ts';
import { patchOf } from './patch.ts';

const pods = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ml, labels: {app: trainer, team: a}}
spec: {containers: [{name: main, image: trainer}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: ml, labels: {app: other, team: a}}
spec: {containers: [{name: main, image: trainer}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {containers: [{name: main, image: postgres, ports: [{containerPort: 5432}]}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: ml}
---
apiVersion: v1
kind: Namespace
metadata: {name: data}
`;

function profileNamed(id: string): Profile {
  const profile = profileOf(id);
  if (!profile.ok) throw new Error('no profile');
  return profile.value;
}

function asked(policies: string, profileId: string, to = 'data/db', port = '5432') {
  const texts = [{ file: 'c.yaml', text: `${pods}---${policies}` }];
  const { snapshot, locator, diagnostics } = loadSnapshot(texts);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profileNamed(profileId);
  const answer = explain(snapshot, profile, { from: 'ml/trainer', to, port });
  if (!answer.ok) throw new Error(JSON.stringify(answer.diagnostics));
  return { explanation: answer.value, sources: { texts, locator, profile } };
}

function advised(policies: string, profileId: string, to?: string, port?: string): Advice {
  const advice = asked(policies, profileId, to, port).explanation.answers[0]?.advice;
  if (advice == null) throw new Error('no advice');
  return advice;
}

function patched(policies: string, profileId: string, to?: string, port?: string): string {
  const { explanation, sources } = asked(policies, profileId, to, port);
  const patch = patchOf(explanation, sources);
  return patch.ok ? patch.value : `refused: ${patch.diagnostics.map((d) => d.code).join()}`;
}

const denyIn = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: data}
spec: {podSelector: {}, policyTypes: [Ingress]}
`;
const denyOut = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Egress]}
`;

describe('advice to open', () => {
  test.each(['kubernetes', 'cilium@1.19', 'calico'])('%s: the side that isolates lacks a rule, for just these pods and this port', (profile) => {
    const { goal, because, proposals } = advised(denyIn, profile);
    expect(goal).toBe('open');
    expect(because).toEqual(['ingress is blocked: NetworkPolicy data/deny isolates the pod, and no rule allows this']);
    expect(proposals[0]).toMatchObject({ edits: [{ how: 'add', policy: 'NetworkPolicy data/db-allow-from-trainer', origin: null }], also: [] });
    expect(proposals[0]?.edits[0]?.manifest).toContain('app: trainer');
  });

  test('two ways to write one rule are one proposal', () => {
    const inside = denyIn.replace('namespace: data', 'namespace: ml');
    const texts = advised(inside, 'kubernetes', 'ml/other', '5432').proposals.map((p) => p.edits.map((e) => e.text).join());
    expect(texts.length).toBeGreaterThan(0);
    expect(texts).toEqual([...new Set(texts)]);
  });

  test('both sides that deny get a rule of their own', () => {
    const { because, proposals } = advised(`${denyIn}---${denyOut}`, 'kubernetes');
    expect(because).toHaveLength(2);
    expect(proposals.map((p) => p.edits.map((e) => e.policy))).toEqual([['NetworkPolicy ml/trainer-allow-to-db', 'NetworkPolicy data/db-allow-from-trainer']]);
  });

  test('where Cilium isolates, the rule is one of Cilium', () => {
    const { proposals } = advised(
      `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: none, namespace: data}
spec: {endpointSelector: {}, ingress: [{}]}
`,
      'cilium@1.19',
    );
    expect(proposals[0]).toMatchObject({ edits: [{ policy: 'CiliumNetworkPolicy data/db-allow-from-trainer' }], also: [] });
  });

  test('a denial of Cilium beats every rule: it has to go, and what else that opens is told', () => {
    const policies = `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: no-ml, namespace: data}
spec:
  endpointSelector: {}
  enableDefaultDeny: {ingress: false}
  ingressDeny:
  - fromEndpoints:
    - matchLabels: {k8s:io.kubernetes.pod.namespace: ml}
`;
    const { because, proposals } = advised(policies, 'cilium@1.19');
    expect(because).toEqual(['ingress is blocked: CiliumNetworkPolicy data/no-ml denies it']);
    expect(proposals[0]).toMatchObject({ edits: [{ how: 'remove', policy: 'CiliumNetworkPolicy data/no-ml' }] });
    expect(proposals[0]?.also.join()).toContain('every pod of ml');
  });

  test('a host name under Cilium needs a rule for DNS beside it', () => {
    const { proposals } = advised(
      `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: none, namespace: ml}
spec: {endpointSelector: {}, egress: [{}]}
`,
      'cilium@1.19',
      'example.com',
      '443',
    );
    expect(proposals[0]?.edits[0]?.manifest).toContain('matchName: example.com');
    expect(proposals[0]?.edits[0]?.manifest).toContain('dns:');
  });

  test.each([
    [
      'Calico',
      'calico',
      `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: no-ml, namespace: data}
spec:
  order: 10
  selector: all()
  types: [Ingress]
  ingress:
  - {action: Deny, source: {namespaceSelector: kubernetes.io/metadata.name == 'ml'}}
  - {action: Allow}
`,
      'NetworkPolicy.projectcalico.org data/db-allow-from-trainer',
      'order: 9',
    ],
    [
      'ClusterNetworkPolicy',
      'kube-network-policies',
      `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: no-ml}
spec:
  tier: Admin
  priority: 10
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: data}}}
  ingress:
  - {action: Deny, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: ml}}}]}
`,
      'ClusterNetworkPolicy db-allow-from-trainer',
      'priority: 9',
    ],
  ])('%s: a rule that denies needs one before it', (_name, profile, policies, id, order) => {
    const [first] = advised(policies, profile).proposals;
    expect(first).toMatchObject({ edits: [{ how: 'add', policy: id }], also: [] });
    expect(first?.edits[0]?.manifest).toContain(order);
  });

  test('where nothing can come before it, the rule is put into the policy', () => {
    const policies = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: no-ml}
spec:
  tier: Admin
  priority: 0
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: data}}}
  ingress:
  - action: Deny
    from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: ml}}}]
`;
    expect(advised(policies, 'kube-network-policies').proposals[0]).toMatchObject({ edits: [{ how: 'insert' }], also: [] });
    expect(patched(policies, 'kube-network-policies')).toContain('+  - action: Accept');
  });

  test('what has finished is not opened by any rule', () => {
    const gone = `
apiVersion: v1
kind: Pod
metadata: {name: old, namespace: data, uid: 5f1b, resourceVersion: '7', labels: {app: old}}
spec: {nodeName: n1, containers: [{name: main, image: postgres}]}
status: {phase: Succeeded}
`;
    expect(advised(gone, 'kubernetes', 'data/old').proposals).toEqual([]);
  });
});

describe('advice to close', () => {
  test('a pod that nothing isolates: a default deny, and what else that shuts', () => {
    const { goal, proposals } = advised(denyOut.replace('ml', 'elsewhere'), 'kubernetes');
    expect(goal).toBe('close');
    const [first] = proposals;
    expect(first?.edits[0]).toMatchObject({ how: 'add' });
    expect(first?.also.length).toBeGreaterThan(0);
  });

  test('Cilium denies just this packet, and nothing else changes', () => {
    expect(advised(denyOut.replace('ml', 'elsewhere'), 'cilium@1.19').proposals[0]).toMatchObject({
      edits: [{ policy: 'CiliumNetworkPolicy ml/trainer-deny-to-db' }],
      also: [],
    });
  });

  const twoPeers = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: few, namespace: data}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {}
    # the trainers
    - namespaceSelector: {}
      podSelector: {matchLabels: {app: trainer}}
    ports:
    - port: 5432
`;

  test('the one peer that lets it in goes, not the rule', () => {
    const [first] = advised(twoPeers, 'kubernetes').proposals;
    expect(first?.edits).toMatchObject([{ how: 'remove', origin: { path: ['spec', 'ingress', 0, 'from', 1] } }]);
    expect(first?.also).toEqual([]);
  });

  test('the patch takes out its lines and no others', () => {
    expect(patched(twoPeers, 'kubernetes')).toBe(`--- c.yaml
+++ c.yaml
@@ -32,7 +32,5 @@
   - from:
     - podSelector: {}
     # the trainers
-    - namespaceSelector: {}
-      podSelector: {matchLabels: {app: trainer}}
     ports:
     - port: 5432
`);
  });

  test('two rules that both allow it both go', () => {
    const policies = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: few, namespace: data}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {}}]
  - ports: [{port: 5432}]
`;
    const cut = advised(policies, 'kubernetes').proposals.find((p) => p.edits[0]?.how === 'remove');
    expect(cut?.edits.map((e) => e.origin?.path)).toEqual([
      ['spec', 'ingress', 0],
      ['spec', 'ingress', 0],
    ]);
  });

  test('a rule within brackets and the only rule of a list can be taken out', () => {
    const flow = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: few, namespace: data}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}, {from: [{namespaceSelector: {}}]}]}
`;
    expect(patched(flow, 'kubernetes')).toContain('+spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]}');
    const only = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: few, namespace: data}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - {}
`;
    expect(patched(only, 'kubernetes')).toContain('-  ingress:\n-  - {}\n+  ingress: []');
  });
});

test('what is not known is told with the input that would settle it', () => {
  const advice = advised(
    `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: few, namespace: data}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
`,
    'kubernetes',
  );
  expect(advice.goal).toBe('settle');
  expect(advice.because.join()).toContain('name the CNI with --profile');
});
