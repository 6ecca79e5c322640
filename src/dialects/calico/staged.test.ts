import { describe, expect, it } from 'vitest';
import type { RawObject } from '../../model/snapshot.ts';
import { alone } from '../dialect.ts';
import { read } from './read.ts';
import { promotionOf, withPromoted } from './staged.ts';

const object = (apiVersion: string, kind: string, namespace: string | null, name: string, spec: object): RawObject => ({
  apiVersion,
  kind,
  namespace,
  name,
  body: { apiVersion, kind, metadata: { name, ...(namespace === null ? {} : { namespace }) }, spec },
  origin: { document: { file: 'p.yaml', index: 0 }, path: [] },
});
const v3 = 'projectcalico.org/v3';
const said = (list: readonly RawObject[]): readonly string[] => list.map((o) => `${o.kind} ${o.name} ${JSON.stringify(o.body.spec)}`);

describe('a staged policy', () => {
  it('is checked and decides nothing', () => {
    expect(read(object(v3, 'StagedNetworkPolicy', 'ml', 'p', { selector: 'all()' }), alone)).toEqual({ ok: true, value: [], diagnostics: [] });
    const wrong = read(object(v3, 'StagedGlobalNetworkPolicy', null, 'p', { selector: 'app = 1', stagedAction: 'Put' }), alone);
    expect(wrong.diagnostics.map((d) => [d.code, d.origin?.path])).toEqual([
      ['unknown-value', ['spec', 'stagedAction']],
      ['bad-selector', ['spec', 'selector']],
    ]);
  });

  it('becomes the enforced one, as it stands', () => {
    expect(promotionOf(object(v3, 'StagedNetworkPolicy', 'ml', 'p', { selector: 'all()', stagedAction: 'Set' }))).toMatchObject({
      kind: 'set',
      object: {
        apiVersion: v3,
        kind: 'NetworkPolicy',
        namespace: 'ml',
        name: 'p',
        body: { apiVersion: v3, kind: 'NetworkPolicy', spec: { selector: 'all()' } },
      },
    });
    expect(promotionOf(object('crd.projectcalico.org/v1', 'StagedGlobalNetworkPolicy', null, 'p', {}))).toMatchObject({
      kind: 'set',
      object: { apiVersion: 'crd.projectcalico.org/v1', kind: 'GlobalNetworkPolicy', namespace: null },
    });
    expect(promotionOf(object(v3, 'StagedKubernetesNetworkPolicy', 'ml', 'p', { podSelector: {} }))).toMatchObject({
      kind: 'set',
      object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', body: { spec: { podSelector: {} } } },
    });
    for (const stagedAction of ['Learn', 'Ignore']) expect(promotionOf(object(v3, 'StagedNetworkPolicy', 'ml', 'p', { stagedAction }))?.kind).toBe('nothing');
    for (const other of [object(v3, 'NetworkPolicy', 'ml', 'p', {}), object('example.com/v1', 'StagedNetworkPolicy', 'ml', 'p', {})])
      expect(promotionOf(other)).toBeNull();
  });
});

describe('all staged policies together', () => {
  it('replace their namesakes in place, go where they delete, and come last where they are new', () => {
    const objects = [
      object(v3, 'GlobalNetworkPolicy', null, 'kept', { order: 1 }),
      object('crd.projectcalico.org/v1', 'NetworkPolicy', 'ml', 'changed', { order: 1 }),
      object('networking.k8s.io/v1', 'NetworkPolicy', 'ml', 'changed', { podSelector: {} }),
      object(v3, 'StagedNetworkPolicy', 'ml', 'changed', { order: 2 }),
      object(v3, 'StagedNetworkPolicy', 'prod', 'new', { order: 3 }),
      object(v3, 'StagedGlobalNetworkPolicy', null, 'gone', { stagedAction: 'Delete' }),
      object(v3, 'GlobalNetworkPolicy', null, 'gone', { order: 1 }),
      object(v3, 'StagedGlobalNetworkPolicy', null, 'kept', { stagedAction: 'Ignore' }),
      object(v3, 'StagedGlobalNetworkPolicy', null, 'never', { stagedAction: 'Delete' }),
    ];
    const after = withPromoted(objects);
    expect(said(after.objects)).toEqual([
      'GlobalNetworkPolicy kept {"order":1}',
      'NetworkPolicy changed {"order":2}',
      'NetworkPolicy changed {"podSelector":{}}',
      'NetworkPolicy new {"order":3}',
    ]);
    expect(after.diagnostics.map((d) => [d.code, d.origin?.path])).toEqual([['nothing-to-delete', ['spec', 'stagedAction']]]);
    expect(objects[3]?.body.spec).toEqual({ order: 2 });
  });
});
