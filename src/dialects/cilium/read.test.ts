import { describe, expect, it } from 'vitest';
import { clusterwide, egress, ingress, lowered, namespaced, object, pods, rulesOf, subject } from '../../../cases/support/cilium-objects.ts';
import { pathText } from '../../kernel/reader.ts';
import { read } from './read.ts';

describe('default deny', () => {
  it.each([
    ['an empty rule', egress({}), { ingress: false, egress: true }],
    ['a deny rule alone', { ...pods, ingressDeny: [{ fromEntities: ['world'] }] }, { ingress: true, egress: false }],
    ['switched off', { ...ingress({ fromEndpoints: [{}] }), enableDefaultDeny: { ingress: false } }, { ingress: false, egress: false }],
    ['asked for without rules', { ...ingress({}), enableDefaultDeny: { egress: true } }, { ingress: true, egress: false }],
    ['an empty list', { ...ingress({}), egress: [] }, { ingress: true, egress: false }],
  ])('%s', (_name, spec, isolates) => {
    expect(lowered(namespaced(spec)).isolates).toEqual(isolates);
  });

  it('takes an empty rule for one that opens nothing', () => {
    expect(rulesOf(namespaced(egress({})))).toEqual([]);
  });
});

describe('subjects', () => {
  it('joins its own namespace with labels of the namespace', () => {
    const { subject: read } = lowered(namespaced(subject({ 'io.cilium.k8s.namespace.labels.team': 'a' })));
    expect(read.kind === 'pods' && read.match.namespaces).toEqual({
      kind: 'labelled',
      selector: {
        requirements: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['ml'] },
          { key: 'team', operator: 'In', values: ['a'] },
        ],
      },
    });
  });

  it('reads a host policy', () => {
    expect(lowered(clusterwide({ nodeSelector: { matchLabels: { gpu: 'yes' } }, ingress: [{}] })).subject).toEqual({
      kind: 'nodes',
      selector: { requirements: [{ key: 'gpu', operator: 'In', values: ['yes'] }] },
    });
  });

  it('reads spec and specs as policies of their own', () => {
    const result = read(object('CiliumNetworkPolicy', { spec: egress({}), specs: [ingress({}), egress({})] }));
    expect(result.ok && result.value.map((p) => [p.id, pathText(p.origin.path)])).toEqual([
      ['CiliumNetworkPolicy ml/p spec', 'spec'],
      ['CiliumNetworkPolicy ml/p specs 0', 'specs[0]'],
      ['CiliumNetworkPolicy ml/p specs 1', 'specs[1]'],
    ]);
    expect(lowered(object('CiliumNetworkPolicy', { specs: [egress({})] })).id).toBe('CiliumNetworkPolicy ml/p');
  });
});
