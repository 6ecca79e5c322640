import { expect, test } from 'vitest';
import type { PodSpec } from '../../../cases/support/case-file.ts';
import { readWorld, type World } from '../../../cases/support/claims.ts';
import { zoneIntents } from '../../spec/intents.ts';
import { type BoundZone, bindZones } from './member.ts';

function bound(world: World): BoundZone {
  const { snapshot, zones } = readWorld(world);
  const [zone] = bindZones(
    snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  ).bound;
  if (zone === undefined) throw new Error('no zone');
  return zone;
}

function members(world: World): string[] {
  return bound(world).members.map((m) => `${m.title}: ${m.intent?.name ?? '-'}, ${m.representative ?? 'real'}`);
}

const standIns = ['any pod of workload train: train, declared', 'any other pod of ml: -, possible'];

test('members are the pods of the namespace that live, and stand-ins', () => {
  expect(members({})).toEqual(['ml/train[Deployment]: train, real', ...standIns]);
});

test('a pod that the zone does not describe is a member without intent', () => {
  expect(members({ pods: { 'ml/debug': {} } })).toEqual(['ml/train[Deployment]: train, real', 'ml/debug[Pod]: -, real', ...standIns]);
});

test('a finished pod is no member, a terminating one is', () => {
  const done: PodSpec = { phase: 'Succeeded', node: 'n1', ips: ['10.1.0.9'] };
  expect(members({ pods: { 'ml/done': { ...done, labels: { app: 'train' } } } })).toEqual(['ml/train[Deployment]: train, real', ...standIns]);
  expect(members({ pods: { 'ml/going': { ...done, phase: 'Running', terminating: true } } })).toContain('ml/going[Pod]: -, real');
});

test('a pod of another namespace with its labels is no member', () => {
  expect(members({ pods: { 'prod/train': { labels: { app: 'train' } } } })).toEqual(['ml/train[Deployment]: train, real', ...standIns]);
});

test('a namespace that only stand-ins live in is implied, and one that is read is not touched', () => {
  const { snapshot, zones } = readWorld({ omit: ['ml', 'ml/train', 'policy deny', 'policy dns', 'policy store', 'policy peers'] });
  const { snapshot: whole } = bindZones(
    snapshot,
    zones.map((loaded) => ({ loaded, intents: zoneIntents(loaded) })),
  );
  expect(snapshot.namespaces.has('ml')).toBe(false);
  expect(whole.namespaces.get('ml')).toEqual({ name: 'ml', labels: { 'kubernetes.io/metadata.name': 'ml' }, annotations: {}, origin: null });
  expect(whole.namespaces.get('prod')).toBe(snapshot.namespaces.get('prod'));
});
