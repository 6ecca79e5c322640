import { describe, expect, it } from 'vitest';
import { generated } from './files.ts';
import { asked, foretold, type Outcome } from './oracle.ts';
import { type Case, cases, netOf, record, recordedOutcomes } from './recordings.ts';
import { unavailable } from './simulator.ts';

/** The whole takes minutes: it is asked where changes are judged, and of whoever wants to record anew. Elsewhere a few stand for all. */
const update = process.env.UPDATE_LAB !== undefined;
const whole = update || process.env.CI !== undefined;
const chosen = whole ? cases : cases.filter((_, i) => i % 23 === 0);
/** Files of which nobody knows what they say; those of today are not those of tomorrow. */
const unknownFiles = generated(whole ? 40 : 2, Number(process.env.LAB_SEED ?? Math.floor(Date.now() / 86_400_000)));
const minutes = 60_000;

function comparable({ says, tables, paths }: Outcome): Outcome {
  return { says, tables, paths };
}

describe.skipIf(unavailable !== null)(`OpenSM on a simulated fabric${unavailable === null ? '' : ` (${unavailable})`}`, () => {
  const outcomes: Record<string, Outcome> = {};
  const dumps: (readonly [Case, Awaited<ReturnType<typeof asked>>['dumps']])[] = [];

  it.each(chosen.map((c) => [c.name, c] as const))(
    'still does what was recorded: %s',
    async (name, one) => {
      const outcome = await asked(netOf(one), one.partitions, one.settings);
      outcomes[name] = comparable(outcome);
      dumps.push([one, outcome.dumps]);
      if (!update) expect(comparable(outcome)).toEqual(recordedOutcomes()[name]);
    },
    minutes,
  );

  it.skipIf(!update)('is recorded', () => record(outcomes, dumps));

  it.each(unknownFiles)(
    'does what we foretell: %j',
    async (text) => {
      const one: Case = { name: text, net: 'small', partitions: text, settings: [] };
      const { dumps: printed, ...outcome } = await asked(netOf(one), text, []);
      expect(foretold(printed, text, [])).toEqual(comparable(outcome));
    },
    minutes,
  );
});
