import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asked, dns, job } from '../cases/support/asked-job.ts';
import { diagnose } from '../src/app/diagnose/diagnose.ts';
import { LogScanner } from '../src/app/diagnose/log-scanner.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { profileOf } from '../src/engine/profiles.ts';
import type { Locator } from '../src/kernel/origin.ts';
import { diagnosisText } from '../src/report/diagnosis-text.ts';
import { penFor, plainStyle } from '../src/report/pen.ts';
import { preflightText } from '../src/report/preflight-text.ts';
import { displayWidth } from '../src/report/width.ts';
import { trials } from './runs.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}[a-z0-9]$/);
const profile = profileOf('cilium@1.19');

/** Lines of manifests stay whole: people copy them. They stand deeper than the text around them, and begin as YAML does. */
const ofManifest = /^ {4,}(?:[A-Za-z-][\w./-]*:|- |---|│ )/;

test('no line of a preflight or a diagnosis is wider than its terminal, whatever policies and files are called', () => {
  if (!profile.ok) throw new Error('no profile');
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 120 }), name, name, name, fc.boolean(), (width, policy, space, file, colour) => {
      const locator: Locator = {
        locate: () => ({ file: `manifests/${file}/${file}.yaml`, line: 1234, column: 56, endLine: 1, endColumn: 1 }),
        line: () => undefined,
      };
      const context = { pen: penFor({ ...plainStyle, colour, width }), locator };
      const inSpace = (text: string): string => text.replaceAll('namespace: ml', `namespace: ${space}`);
      const deny = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${policy}, namespace: ${space}}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n`;
      const cluster = [`apiVersion: v1\nkind: Namespace\nmetadata: {name: ${space}}\n`, deny, inSpace(dns)];
      const scanner = new LogScanner(`${file}.log`);
      const line = `llm-worker-1:1:2 [0] NCCL WARN socketPollConnect: Connect to llm-master-0<43211> returned Connection timed out\n`;
      scanner.feed(Buffer.from(`${line}${policy}: ssh: connect to host ${file} port 22: Connection refused\n`));
      const texts = [{ file: 'job.yaml', text: inSpace(job()) }, ...cluster.map((text, i) => ({ file: `${i}.yaml`, text }))];
      const { snapshot } = loadSnapshot(texts);
      const given = { snapshot, profile: profile.value, files: new Set(['job.yaml']), hasCluster: true };
      const printed = [preflightText(asked(job('', space), cluster, 'cilium@1.19'), context), diagnosisText(diagnose([scanner.end()], given), context)];
      expect(printed.map((text) => /blocked|denies|deny/.test(text))).toEqual([true, true]);
      const wide = printed
        .flatMap((text) => text.split('\n'))
        .filter((l) => displayWidth(l) > width && !ofManifest.test(l.replaceAll(/\u001b\[[0-9;]*m/g, '')));
      expect(wide).toEqual([]);
    }),
    trials(30),
  );
});
