import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../src/app/load.ts';
import { dialects } from '../src/dialects/registry.gen.ts';
import { decide } from '../src/engine/decide.ts';
import { profiles } from '../src/engine/profiles.ts';
import { enforces } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Packet } from '../src/model/verdict.ts';
import { endpointsNamed, expectedOf } from './support/answers.ts';
import { type CaseSpec, caseFiles } from './support/case-file.ts';
import { cannotSay, sayings } from './support/said-in.ts';
import { topologyText } from './support/topology.ts';

/**
 * Every truth table of NetworkPolicies, said in each other language that can say it: written by that language's `emit`, read again by its `read`, and asked the same
 * packets, under each profile that enforces both. What a language cannot say is skipped with its own reason.
 */

const tables = caseFiles().filter(({ spec }) => spec.wantDiagnostics === undefined && spec.want !== undefined);

test('each language says what NetworkPolicy says, or why it cannot', () => {
  expect(dialects.map((d) => d.id).filter((id) => !Object.hasOwn(sayings, id) && !Object.hasOwn(cannotSay, id))).toEqual([]);
});

for (const dialect of dialects) {
  const saying = sayings[dialect.id];
  if (saying === undefined) {
    test.skip(`${dialect.title}: ${cannotSay[dialect.id]}`);
    continue;
  }
  describe(`in ${dialect.title}`, () => {
    for (const { path, spec } of tables) {
      const original = loadSnapshot(textsOf(spec, spec.policies ?? ''));
      if (original.snapshot.policies.length === 0 || original.snapshot.policies.some((p) => p.dialect !== 'kubernetes')) continue;
      const said = original.snapshot.policies.flatMap(saying.say).map((policy) => dialect.emit(policy));
      const refused = said.flatMap((one) => (one.ok ? [] : one.diagnostics.map((d) => d.message)));
      if (refused.length > 0) {
        test.skip(`${path}: ${[...new Set(refused)].join(' ')}`);
        continue;
      }
      const text = said.flatMap((one) => (one.ok ? [dump(one.value, { noRefs: true })] : [])).join('---\n');
      const again = loadSnapshot(textsOf(spec, text));
      for (const profile of profiles.filter((p) => [...original.snapshot.policies, ...again.snapshot.policies].every((policy) => enforces(p, policy)))) {
        test(`${path}, under ${profile.id}`, () => {
          expect(again.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
          const wrong = packetsOf(spec, original.snapshot)
            .filter((packet) => saying.speaksOf?.(packet, original.snapshot) ?? true)
            .flatMap((packet) => {
              const [one, other] = [original.snapshot, again.snapshot].map((snapshot) => decide(snapshot, profile, packet).decision);
              return one === other ? [] : [`${JSON.stringify(packet)}: ${one} as NetworkPolicy, ${other} in ${dialect.title}`];
            });
          expect(wrong).toEqual([]);
        });
      }
    }
  });
}

function textsOf(spec: CaseSpec, policies: string): { file: string; text: string }[] {
  return [
    { file: 'cluster.yaml', text: spec.cluster === undefined ? '' : topologyText(spec.cluster) },
    { file: 'policies.yaml', text: policies },
  ];
}

function packetsOf(spec: CaseSpec, snapshot: Snapshot): Packet[] {
  return (spec.want ?? []).flatMap((want) =>
    expectedOf(want).flatMap((e) =>
      endpointsNamed(snapshot, e.from).flatMap((from) =>
        endpointsNamed(snapshot, e.to).map((to): Packet => ({ from, to, protocol: e.protocol, port: e.port, ...(e.via === null ? {} : { via: e.via }) })),
      ),
    ),
  );
}
