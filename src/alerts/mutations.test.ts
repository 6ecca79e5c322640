import { expect, test } from 'vitest';
import { siteOf, suiteOf } from '../../cases/support/alert-suites.ts';
import { installed, runIn } from '../../cases/support/promtool.ts';
import { mutantsOf } from '../../cases/support/rule-mutants.ts';
import { alerts } from './registry.gen.ts';

/** Share of wrong rules that the tests of the alerts must notice. */
const least = 0.95;

test.skipIf(!installed('promtool'))(
  'rules that are wrong in one place are noticed by their tests (skipped where promtool, of the Debian package prometheus, is not installed)',
  () => {
    const mutants = alerts.flatMap((alert) => {
      const site = siteOf(alert);
      return site === null
        ? []
        : mutantsOf(alert, site).map((mutant, i) => ({ ...mutant, id: `${alert.id}-${i}`, suites: suiteOf(mutant.alert, `${alert.id}-${i}`, site) }));
    });
    const suites = mutants.flatMap((m) => m.suites);
    const { stdout } = runIn(Object.fromEntries(suites.flatMap((s) => s.files)), 'promtool', ['test', 'rules', ...suites.flatMap((s) => s.tests)]);
    const passed = new Set([...stdout.matchAll(/Unit Testing: {2}(\S+)\n {2}SUCCESS/g)].map(([, file]) => file));
    const survivors = mutants.filter((m) => m.suites.every((s) => s.tests.every((file) => passed.has(file))));
    const caught = (mutants.length - survivors.length) / mutants.length;
    process.stdout.write(`\nmutants of alert rules: ${mutants.length - survivors.length} of ${mutants.length} noticed (${(caught * 100).toFixed(1)} %)\n`);
    const told = survivors.map((m) => `${m.id} ${m.what}: ${m.change}`).join('\n');
    expect(caught >= least ? '' : told).toBe('');
  },
);
