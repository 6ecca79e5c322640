import { describe, expect, it } from 'vitest';
import { foretold } from './oracle.ts';
import { cases, networkOf, recordedOutcomes } from './recordings.ts';

const outcomes = recordedOutcomes();

describe('a partition file becomes what OpenSM made of it', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (name, asked) => {
    const outcome = outcomes[name];
    expect(outcome, 'not recorded: run the oracle with UPDATE_LAB=1').toBeDefined();
    const says = foretold(networkOf(asked), asked.partitions, asked.settings);
    // What may be refused counts as refused, whatever became of it.
    if (asked.chance) expect([says.says, outcome?.says]).toEqual([expect.stringContaining('PARSE ERROR'), null]);
    else expect(says).toEqual(outcome);
  });

  it('keeps nothing of a case that is gone', () => {
    expect(Object.keys(outcomes).filter((name) => !cases.some((c) => c.name === name))).toEqual([]);
  });
});
