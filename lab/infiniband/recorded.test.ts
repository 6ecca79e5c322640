import { describe, expect, it } from 'vitest';
import { foretold } from './oracle.ts';
import { cases, networkOf, recordedOutcomes } from './recordings.ts';

const outcomes = recordedOutcomes();

describe('a partition file becomes what OpenSM made of it', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (name, asked) => {
    const outcome = outcomes[name];
    expect(outcome, 'not recorded: run the oracle with UPDATE_LAB=1').toBeDefined();
    expect(foretold(networkOf(asked), asked.partitions, asked.settings)).toEqual(outcome);
  });

  it('keeps nothing of a case that is gone', () => {
    expect(Object.keys(outcomes).filter((name) => !cases.some((c) => c.name === name))).toEqual([]);
  });
});
