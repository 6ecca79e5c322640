import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generated } from './files.ts';
import { asked, foretold, type Outcome } from './oracle.ts';
import { type Case, cases, netOf, record, recordedOutcomes, recordReload } from './recordings.ts';
import { Fabric, unavailable } from './simulator.ts';

/** The whole takes minutes: all is asked with LAB=whole and to record anew, a third a day where changes are judged, and elsewhere a few stand for all. */
const update = process.env.UPDATE_LAB !== undefined;
const today = Math.floor(Date.now() / 86_400_000);
const every = update || process.env.LAB === 'whole' ? 1 : process.env.CI === undefined ? 23 : 3;
const chosen = cases.filter((_, i) => i % every === today % every);
/** Files of which nobody knows what they say; those of today are not those of tomorrow. */
const unknownFiles = generated(every === 1 ? 40 : every === 3 ? 15 : 2, Number(process.env.LAB_SEED ?? today));
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
      if (!update && one.chance === undefined) expect(comparable(outcome)).toEqual(recordedOutcomes()[name]);
    },
    minutes,
  );

  it(
    'opens every port when a running manager is given a broken file, and shuts them when it gets a good one',
    async () => {
      const [good, broken] = ['good', 'syntax-error'].map((name) => cases.find((c) => c.name === name)?.partitions ?? '');
      const net = readFileSync(new URL('fabric.net', import.meta.url), 'utf8');
      const fabric = await Fabric.start(net, good ?? '');
      try {
        const keys = async (): Promise<string> => (await fabric.ask('smpquery', 'pkeys', '5')).split('\n')[0]?.trim() ?? '';
        expect(await keys()).toMatch(/^0: 0x7fff 0x8010 0x0030 0x0000/);
        await fabric.reload(broken ?? '');
        expect(await keys()).toMatch(/^0: 0xffff 0x0000/);
        await fabric.reload(good ?? '');
        expect(await keys()).toMatch(/^0: 0x7fff 0x8010 0x0030 0x0000/);
        if (update) recordReload(fabric.log());
      } finally {
        await fabric.stop();
      }
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
