import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../../src/app/load.ts';
import { teamsCluster } from './teams.mjs';

describe('the benchmark cluster', () => {
  const files = teamsCluster({ teams: 80, jobs: 5, podsPerJob: 5 });

  test('has 2,006 pods and 720 policies in 83 namespaces, and reads without a complaint', () => {
    const { snapshot, diagnostics } = loadSnapshot(files.map(({ path, text }) => ({ file: path, text })));
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0)).toBe(2006);
    expect(snapshot.policies.length).toBe(720);
    expect(snapshot.namespaces.size).toBe(83);
  });

  test('is the same each time', () => {
    expect(teamsCluster({ teams: 80, jobs: 5, podsPerJob: 5 })).toEqual(files);
  });
});
