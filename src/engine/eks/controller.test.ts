import { describe, expect, it } from 'vitest';
import { emptySnapshot, type RawObject } from '../../model/snapshot.ts';
import { family } from '../profiles/eks.ts';
import { profileFor } from '../seen-by.ts';

const [base] = family.profiles;
if (base === undefined) throw new Error('no profile');

function configMap(value: unknown): RawObject {
  const origin = { document: { file: 'eks.yaml', index: 0 }, path: [] };
  const data = { 'enable-network-policy-controller': value };
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'amazon-vpc-cni', body: { data }, origin };
}

describe('the ConfigMap of the VPC CNI', () => {
  it('leaves open what holds where two of it differ, which a reader of files would have told apart', () => {
    const profile = profileFor({ ...emptySnapshot, objects: [configMap('true'), configMap('false')] }, base);
    expect(profile.enforces).toEqual(base.enforces);
    expect(profile.assumptions.join('\n')).toContain('ConfigMaps amazon-vpc-cni differ in enable-network-policy-controller');
  });

  it('says the same twice where two of it do', () => {
    const off = { ...emptySnapshot, objects: [configMap('false'), configMap('false')] };
    expect(profileFor(off, base).enforces).toEqual([]);
  });

  it('is not looked for among the names of prototypes', () => {
    const odd = { ...configMap('x'), body: Object.create({ data: { 'enable-network-policy-controller': 'true' } }) };
    expect(profileFor({ ...emptySnapshot, objects: [odd] }, base).enforces).toEqual([]);
  });
});
