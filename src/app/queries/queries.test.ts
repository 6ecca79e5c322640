import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { pathText } from '../../kernel/reader.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { readQueryFiles, runQueries } from './run.ts';
import { parseSelector } from './selector-text.ts';

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: ml, labels: {env: dev}}
---
apiVersion: v1
kind: Namespace
metadata: {name: data, labels: {env: prod}}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.1.4}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: train, namespace: ml}
spec: {replicas: 2, selector: {matchLabels: {app: train}}, template: {metadata: {labels: {app: train}}, spec: {containers: [{name: c, image: t}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: notebook, namespace: ml}
spec: {replicas: 1, selector: {matchLabels: {app: notebook}}, template: {metadata: {labels: {app: notebook}}, spec: {containers: [{name: c, image: t}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: data}
spec: {replicas: 1, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: db, ports: [{name: pg, containerPort: 5432}]}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: train-out, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {env: prod}}}]
    ports: [{port: 5432}]
  - to: [{ipBlock: {cidr: 203.0.113.0/24}}]
    ports: [{port: 443}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-in, namespace: data}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {env: dev}}}], ports: [{port: 5432}]}]}
`;

const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium}
  namespace: {name: ml}
  workloads: [{name: pretrain, selector: {app: train}}]
  protected: [{name: databases, namespaces: [data]}]
`;

function ask(queries: string, { profileId = 'cilium@1.19', text = cluster } = {}): { answers: string[]; diagnostics: string[] } {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const read = readQueryFiles([{ file: 'q.yaml', text: queries }]);
  const zones = readZones([{ file: 'zone.yaml', text: zone }]);
  const { snapshot } = loadSnapshot([{ file: 'c.yaml', text }]);
  const result = runQueries(snapshot, profile.value, { files: read.files, zones: zones.zones, useless: new Set(), strict: false });
  const diagnostics = [...read.diagnostics, ...result.diagnostics].map((d) => `${pathText(d.origin?.path ?? [])}: ${d.code}`);
  const claims = result.ok ? result.value.zones.flatMap((z) => z.claims) : [];
  // What refutes a claim is decided by the definition: it passes where it must not, and does not where it must.
  for (const c of claims) for (const e of c.counterexamples) expect(e.verdict.decision, e.story).not.toBe(c.group === 'safety' ? 'denied' : 'allowed');
  return { answers: claims.map((c) => `${c.id.slice('query/'.length)} ${c.status}`), diagnostics };
}

const own = (body: string): string => `apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries:\n${body}`;

describe('queries', () => {
  test('a name that nothing has leaves its query undecided, and the others are answered', () => {
    const asked = ask(
      own(
        '- name: misspelt\n  must-reach: {from: {workload: ml/trian}, to: {workload: data/bd}}\n- name: right\n  must-reach: {from: {workload: ml/train}, to: {workload: data/db}}',
      ),
    );
    expect(asked.answers).toEqual(['misspelt undecided', 'right holds']);
    expect(asked.diagnostics).toHaveLength(2);
  });

  test.each([
    ['must-not-reach that a rule opens', 'must-not-reach: {from: {namespace: ml}, to: {namespace: data}}', 'fails'],
    ['on another port', 'must-not-reach: {from: {namespace: ml, pods: {matchLabels: {app: train}}}, to: {namespace: data}, ports: [TCP/22, UDP]}', 'holds'],
    ['pods by text', 'must-not-reach: {from: {pods: "app in (train, x)"}, to: {internet: true}, ports: TCP/80}', 'holds'],
    ['pods that nothing isolates', 'must-not-reach: {from: {pods: app=notebook}, to: {internet: true}}', 'fails'],
    ['namespaces by label', 'must-not-reach: {from: {namespaces: {matchLabels: {env: prod}}}, to: {namespaces: env=dev}}', 'fails'],
    ['a zone and what it protects', 'must-not-reach: {from: {zone: llm, workload: pretrain}, to: {protected: databases}}', 'fails'],
    ['from outside', 'must-not-reach: {from: {cidr: 198.51.100.0/24}, to: {workload: data/db}}', 'holds'],
    ['a block with an exception', 'must-not-reach: {from: {workload: ml/train}, to: {cidr: 203.0.112.0/23, except: [203.0.113.0/24]}}', 'holds'],
    ['must-reach on the declared port', 'must-reach: {from: {workload: ml/train}, to: {workload: data/db}}', 'holds'],
    ['must-reach on a shut port', 'must-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: [5432, 5433]}', 'fails'],
    ['a port by its name', 'must-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: pg}', 'holds'],
    ['a port by its name that is open', 'must-not-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: [22, pg]}', 'fails'],
    ['a name that no port has', 'must-not-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: ssh}', 'undecided'],
    ['a name that no port has, to be reached', 'must-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: ssh}', 'undecided'],
    ['a range of ports', 'must-not-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: TCP/5000-5431}', 'holds'],
    [
      'one of several parties that nothing is',
      'must-not-reach: {from: {pods: app=notebook}, to: [{pods: app=typo}, {workload: ml/train}], ports: [22]}',
      'fails',
    ],
    ['the same where the others hold', 'must-not-reach: {from: {workload: ml/train}, to: [{pods: app=typo}, {workload: data/db}], ports: [22]}', 'undecided'],
    [
      'one of several sources that nothing is',
      'must-not-reach: {from: [{pods: app=typo}, {workload: ml/train}], to: {workload: data/db}, ports: [22]}',
      'undecided',
    ],
    [
      'every IPv4 address, which pods have too, or IPv6 ones',
      'must-not-reach: {from: {workload: ml/train}, to: {cidr: 0.0.0.0/0}, ports: [5432]}',
      'undecided',
    ],
    ['only-reaches on a port by its name', 'only-reaches: {from: {workload: ml/train}, to: [{namespace: data, ports: pg}, {cidr: 203.0.113.0/24}]}', 'holds'],
    ['must-reach an address', 'must-reach: {from: {workload: ml/train}, to: {cidr: 203.0.113.0/24}, ports: 443}', 'holds'],
    ['must-reach a block that is open in part', 'must-reach: {from: {workload: ml/train}, to: {cidr: 203.0.112.0/23}, ports: 443}', 'fails'],
    ['must-reach what declares nothing', 'must-reach: {from: {workload: data/db}, to: {workload: ml/train}}', 'undecided'],
    ['a host that no rule names', 'must-reach: {from: {workload: ml/train}, to: {host: example.com}, ports: 443}', 'fails'],
    [
      'only-reaches, all of it named',
      'only-reaches: {from: {workload: ml/train}, to: [{namespace: data, ports: 5432}, {cidr: 203.0.113.0/24, ports: TCP/443}]}',
      'holds',
    ],
    ['only-reaches, a port too many', 'only-reaches: {from: {workload: ml/train}, to: [{namespace: data, ports: 5433}, {cidr: 203.0.113.0/24}]}', 'fails'],
    ['only-reaches, a block too narrow', 'only-reaches: {from: {workload: ml/train}, to: [{namespace: data}, {cidr: 203.0.113.0/25}]}', 'fails'],
    ['only-reaches nothing', 'only-reaches: {from: {pods: app=notebook}}', 'fails'],
    ['anyone', 'must-not-reach: {from: {anyone: true}, to: {workload: data/db}, ports: 22}', 'undecided'],
    ['nobody is meant', 'must-not-reach: {from: {pods: app=typo}, to: {anyone: true}}', 'undecided'],
    ['nobody is reached', 'must-not-reach: {from: {workload: ml/train}, to: {pods: app=typo}}', 'undecided'],
    ['nodes', 'must-not-reach: {from: {workload: ml/train}, to: {nodes: all}}', 'holds'],
    ['a node by name', 'must-not-reach: {from: {pods: app=notebook}, to: {node: n1}}', 'fails'],
  ])('%s', (_, body, status) => {
    expect(ask(own(`- {name: q, ${body}}`))).toEqual({ answers: [`q ${status}`], diagnostics: [] });
  });

  test('np-guard baseline rules', () => {
    const rules = `
- {name: no-db-from-notebooks, action: deny, from: app=notebook, to: app=db, to_ns: "env in (prod, admin)"}
- {name: train-db, action: allow, from: app=train, to: app=db, protocol: TCP, port_min: 5432, port_max: 5432}
- {name: no-internet, action: deny, from: "app notin (notebook, db)", to: 0.0.0.0/1}
- {description: no name, action: deny, from: 198.51.100.0/24, to: app=db, from_ns: x}
`;
    const { answers, diagnostics } = ask(rules);
    expect(diagnostics).toEqual(['[3].from_ns: mixed-party']);
    expect(answers).toEqual([]);
    const fixed = ask(rules.replace(', from_ns: x', ''));
    expect(fixed).toEqual({ answers: ['no-db-from-notebooks fails', 'train-db holds', 'no-internet holds', 'rule-4 holds'], diagnostics: [] });
  });

  // The forms that np-guard/baseline-rules examples use: two requirements, a key alone, no party, no port.
  test('np-guard baseline rules in every form', () => {
    const rules = `
- {name: label-needed, action: deny, from: "uses notin (true, True), stage!=dev", from_ns: "env, level notin (0, 1)", to: app=db, to_ns: "env in (admin, prod)"}
- {name: no-ftp, action: deny, protocol: TCP, port_min: 20, port_max: 21}
- {name: from-a-block, action: allow, from: 198.51.100.0/24, to: app=notebook}
- {name: unlike, action: deny, protocol: TCP, from: app=train, from_ns: env=prod, to: app=db, to_ns: env!=dev}
`;
    const { answers, diagnostics } = ask(rules);
    expect(diagnostics).toEqual([]);
    // The notebook declares no port; no pod is called train in a namespace of env=prod.
    expect(answers).toEqual(['label-needed fails', 'no-ftp fails', 'from-a-block undecided', 'unlike undecided']);
  });

  test('every fault is told at its place', () => {
    const { diagnostics } = ask(
      own(`
- {name: Bad Name, must-reach: {from: {workload: ml}, to: {cidr: 10.0.0.0}}}
- {name: a, must-reach: {from: {}}, must-not-reach: {}}
- {name: b, must-reach: {from: {pods: {matchLabel: {a: b}}}, to: {host: "*.example.com"}, ports: [TCP/70000, 5-4, XTP]}}
- {name: c, must-reach: {from: {zone: llm, cidr: 10.0.0.0/8}, to: {internet: false}}}
- {name: d, must-not-reach: {from: {anyone: true, ports: 3}, to: {pods: "app=(x"}}}
- {name: d, only-reaches: {from: [{namespace: a, namespaces: b}]}}
- 7
`),
    );
    expect(diagnostics).toEqual([
      'queries[0].name: bad-name',
      'queries[0].must-reach.from.workload: bad-workload',
      'queries[0].must-reach.to.cidr: bad-cidr',
      'queries[1]: one-assertion',
      'queries[2].must-reach.ports[0]: bad-port',
      'queries[2].must-reach.ports[1]: bad-port',
      'queries[2].must-reach.ports[2]: bad-port',
      'queries[2].must-reach.from.pods.matchLabel: unknown-field',
      'queries[2].must-reach.to.host: bad-host',
      'queries[3].must-reach.from.zone: mixed-party',
      'queries[3].must-reach.to.internet: wrong-value',
      'queries[4].must-not-reach.from.ports: unknown-field',
      'queries[4].must-not-reach.to.pods: bad-selector',
      'queries[5].only-reaches.from[0]: mixed-party',
      'queries[5].name: query-twice',
      'queries[6]: wrong-type',
    ]);
  });

  test('parties that name nothing are told, all at once', () => {
    expect(
      ask(own('- {name: q, must-reach: {from: {workload: ml/trian}, to: [{zone: lm}, {protected: database}, {node: n2}, {zone: llm, workload: x}]}}'))
        .diagnostics,
    ).toEqual([
      'queries[0].must-reach.from: unknown-party',
      'queries[0].must-reach.to[0]: unknown-party',
      'queries[0].must-reach.to[1]: unknown-party',
      'queries[0].must-reach.to[2]: unknown-party',
      'queries[0].must-reach.to[3]: unknown-party',
    ]);
  });

  test('selectors as text', () => {
    expect(parseSelector('app=web, tier in (a, b),!debug,env!=x,k,z notin (q)')).toEqual({
      requirements: [
        { key: 'app', operator: 'In', values: ['web'] },
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'debug', operator: 'DoesNotExist', values: [] },
        { key: 'env', operator: 'NotIn', values: ['x'] },
        { key: 'k', operator: 'Exists', values: [] },
        { key: 'z', operator: 'NotIn', values: ['q'] },
      ],
    });
    for (const wrong of ['a b', 'a=(', 'in (a)', 'a,,b', 'a in (', `${'a,'.repeat(4000)}b`]) expect(typeof parseSelector(wrong), wrong).toBe('string');
    expect(parseSelector('')).toEqual({ requirements: [] });
  });
});

describe('pods to come', () => {
  const calico = profileOf('calico');
  const db = `
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {containers: [{name: c, image: db, ports: [{containerPort: 5432}]}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: ml, labels: {pod-security.kubernetes.io/enforce: baseline}}
`;
  const tiered = (second: string): string => `${db}---
apiVersion: projectcalico.org/v3
kind: Tier
metadata: {name: guard}
spec: {order: 10}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: guard.escape, namespace: ml}
spec:
  tier: guard
  order: 1
  selector: has(debug)
  types: [Egress]
  egress: [{action: Pass}]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: guard.shut, namespace: ml}
spec:
  tier: guard
  order: 2
  selector: all()
  types: [Egress]
  egress: [{action: Deny}]
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: default-out, namespace: ml}
spec:
  order: 5
  selector: all()
  types: [Egress]
  egress:
  - {action: Deny, source: {notSelector: "${second}"}}
  - {action: Allow}
`;
  const asks = (
    policies: string,
    to = '{workload: data/db}',
  ): readonly { readonly status: string; readonly title: string; readonly reasons: readonly string[]; readonly stories: readonly string[] }[] => {
    if (!calico.ok) throw new Error('no profile');
    const { snapshot } = loadSnapshot([{ file: 'a.yaml', text: policies }]);
    const text = `apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries: [{name: q, must-not-reach: {from: {anyPodIn: ml}, to: ${to}}}]`;
    const read = readQueryFiles([{ file: 'q.yaml', text }]);
    expect(read.diagnostics).toEqual([]);
    const answered = runQueries(snapshot, calico.value, { files: read.files, zones: [], useless: new Set(), strict: false });
    if (!answered.ok) throw new Error(JSON.stringify(answered.diagnostics));
    return answered.value.zones.flatMap((z) =>
      z.claims.map(({ status, title, reasons, counterexamples }) => ({ status, title, reasons, stories: counterexamples.map((c) => c.story) })),
    );
  };

  test('one that two policies let through only together is found, with the labels that do it', () => {
    const [answer] = asks(tiered("team == 'red'"));
    expect(answer).toMatchObject({ status: 'fails', title: 'any pod that could be in ml must not reach data/db' });
    expect(answer?.stories[0]).toMatch(/any pod of ml with .*debug=any/);
    expect(answer?.stories[0]).toContain('team=red');
  });

  test('no labels can do what contradicts itself', () => {
    expect(asks(tiered("!has(debug) && team == 'red'"))).toMatchObject([{ status: 'holds' }]);
  });

  test('more sorts than can be tried leave it undecided, and say so', () => {
    const many = Array.from(
      { length: 11 },
      (_, i) =>
        `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${i}, namespace: ml}\nspec: {podSelector: {matchLabels: {k${i}: a}}, policyTypes: [Egress]}\n`,
    ).join('');
    const shut =
      '---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: all, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Egress]}\n';
    const [answer] = asks(`${db}${many}${shut}`);
    expect(answer?.status).toBe('undecided');
    expect(answer?.reasons.join()).toContain('more than 1024 sorts of pod');
  });
});

describe('pods whose addresses are not told', () => {
  const ranged = `${cluster}---
apiVersion: v1
kind: Node
metadata: {name: n2}
spec: {podCIDR: 10.244.0.0/16, podCIDRs: [10.244.0.0/16]}
status: {addresses: [{type: InternalIP, address: 10.0.1.5}]}
`;
  test.each([
    ['in a block that holds the range of pods', '10.244.0.0/15', 'fails'],
    ['in a block that holds a part of it', '10.244.7.0/24', 'undecided'],
    ['in a block apart from it', '10.99.0.0/16', 'holds'],
    ['in every block', '0.0.0.0/0', 'fails'],
  ])('%s', (_, cidr, status) => {
    expect(ask(own(`- name: q\n  must-not-reach: {from: {workload: ml/train}, to: {cidr: ${cidr}}, ports: [5432]}`), { text: ranged }).answers).toEqual([
      `q ${status}`,
    ]);
  });
});

test('a pod to come gives a port name whatever number it likes', () => {
  const named = `${cluster.replace('env: dev', 'env: dev, pod-security.kubernetes.io/enforce: baseline')}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {env: prod}}}], ports: [{port: web}]}]}
`;
  const asked = (ports: string) =>
    ask(own(`- name: q\n  must-not-reach: {from: {workload: data/db}, to: {anyPodIn: ml}, ports: [${ports}]}`), { text: named }).answers;
  expect(asked('22')).toEqual(['q fails']);
  expect(asked('UDP/22')).toEqual(['q holds']);
});

test('a list without a port is a mistake, and no question about nothing', () => {
  const { diagnostics } = ask(own('- name: q\n  must-not-reach: {from: {workload: ml/train}, to: {workload: data/db}, ports: []}'));
  expect(diagnostics.map((d) => d.split(': ').at(-1))).toContain('no-ports');
});
