import { expect, test } from 'vitest';
import { readWorld } from '../../../cases/support/claims.ts';
import { zoneIntents } from '../../spec/intents.ts';
import type { LoadedZone } from '../../spec/zone.ts';
import { watchOf } from './watch.ts';

test('what a change may touch is told without look-ups over the cluster, which the next snapshot has by then', () => {
  const { snapshot, zones } = readWorld({
    zone: { protected: [{ name: 'zone', namespaces: ['misc'], cidrs: ['10.9.0.0/24'] }] },
    pods: { 'misc/printer': {} },
  });
  const untold = { ...snapshot };
  Object.defineProperty(untold, 'workloads', {
    get: () => {
      throw new Error('all workloads were walked over');
    },
  });
  const loaded = zones[0] as LoadedZone;
  const before = snapshot.workloads.find((w) => w.name === 'printer') ?? expect.fail();
  const sees = (namespace: string): string =>
    watchOf(zoneIntents(loaded), loaded).sees(untold, untold, [{ kind: 'workload', before: { ...before, namespace }, after: null }]);
  expect([sees('misc'), sees('elsewhere')]).toEqual(['protected', 'nothing']);
});
