import { expect, test } from 'vitest';
import { type Attack, attacks } from './attacks.ts';
import { benignDay } from './benign.ts';
import type { Json } from './records.ts';
import { detected } from './replayed.ts';
import { Seeded } from './seeded.ts';

const start = Date.UTC(2026, 10, 25);
const days = 2;
/** Of a full day's flows: enough for every rhythm of it, and seconds to run. */
const density = 0.2;
const told = new Set(['critical', 'high', 'medium', 'low']);

function* withAttack(seed: number, attack: Attack): Generator<Json> {
  yield* benignDay(new Seeded(seed), start, density);
  yield* attack.records(new Seeded(seed + 1000), start + 9 * 3_600_000);
}

test('synthetic days: every attack is told of by its rule and name, and benign days are silent', () => {
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
  for (let seed = 1; seed <= days; seed++) {
    const benign = detected(benignDay(new Seeded(seed), start, density)).findings.filter((f) => told.has(f.severity));
    falsePositives += benign.length;
    for (const attack of attacks) {
      const findings = detected(withAttack(seed, attack)).findings.filter((f) => told.has(f.severity));
      const hit = findings.filter((f) => f.check === attack.rule && f.subjects.includes(attack.who));
      if (hit.length > 0) truePositives++;
      else falseNegatives++;
      falsePositives += findings.length - hit.length;
    }
  }
  const [precision, recall] = [truePositives / (truePositives + falsePositives), truePositives / (truePositives + falseNegatives)];
  console.log(
    `synthetic: precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)} over ${days} benign days and ${days * attacks.length} attacks, all of them invented`,
  );
  expect({ precision, recall }).toEqual({ precision: 1, recall: 1 });
});
