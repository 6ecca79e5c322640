import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checks } from '../checks/registry.gen.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { parseZone } from '../spec/parse.ts';
import { readPolicyFiles } from './iam/read-policies.ts';
import { verifyIdentities } from './iam/verify.ts';
import { loadSnapshot } from './load.ts';
import { runChecks } from './run-checks.ts';

/** The table of docs/egress-holes.md: each way out has something that finds it, and what is named there fires. */
const page = readFileSync(new URL('../../docs/egress-holes.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .map((line) => /^\| (\d+) \|(.*)\|$/.exec(line))
  .flatMap((found) => (found === null ? [] : [{ number: Number(found[1]), cells: (found[2] ?? '').split('|').map((cell) => cell.trim()) }]));

test('the seventeen are there, each with what finds it, how sure that is and what closes it', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  for (const { number, cells } of rows) {
    expect(cells, String(number)).toHaveLength(4);
    for (const cell of cells) expect(cell, String(number)).not.toBe('');
  }
});

/** The claims of a role that may do everything, behind an endpoint that lets everybody through. */
const openClaims = (() => {
  const zone = parseZone(
    `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium, cloud: aws, region: us-east-1, account: "111122223333"}
  namespace: {name: ai}
  workloads:
  - {name: w, selector: {app: w}, framework: pytorch, identity: {serviceAccount: job, irsa: {role: training}}, data: [{name: corpus, s3: {bucket: corpus}}]}
`,
    'zone.yaml',
  );
  if (!zone.ok) throw new Error('no zone');
  const policy = (more: object): object => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }] });
  const endpoint = { VpcEndpointId: 'vpce-1', ServiceName: 'com.amazonaws.us-east-1.s3', PolicyDocument: JSON.stringify(policy({ Principal: '*' })) };
  const files = [
    { file: 'role.json', text: JSON.stringify(policy({})) },
    { file: 'endpoints.json', text: JSON.stringify({ VpcEndpoints: [endpoint] }) },
  ];
  return verifyIdentities([zone.value], readPolicyFiles(files)).zones.flatMap((one) => one.claims);
})();

describe.each(rows.map(({ number, cells }) => [number, cells[1] ?? ''] as const))('way out %i', (_, foundBy) => {
  const named = [...foundBy.matchAll(/\[`([a-z0-9/-]+)`\]\(([^)]*)\)/g)].map((match) => ({ name: match[1] ?? '', page: match[2] ?? '' }));
  const claims = named.filter(({ page: file }) => file.startsWith('iam.md')).map(({ name }) => name);
  const slugs = named.filter(({ page: file }) => file.startsWith('checks/')).map(({ name }) => name);

  test('is found by something that has a page', () => {
    expect([...claims, ...slugs]).not.toEqual([]);
    for (const { page: file } of named) expect(existsSync(new URL(`../../docs/${file.split('#')[0]}`, import.meta.url)), file).toBe(true);
  });

  test.each(slugs)('%s fires on its bad example, with a fix and how sure it is', (slug) => {
    const check = checks.find((one) => one.slug === slug);
    if (check === undefined) return expect.fail(`no check ${slug}`);
    const profile = profileOf(check.example.profile ?? 'kubernetes');
    if (!profile.ok) return expect.fail(`no profile ${check.example.profile}`);
    const found = runChecks(reach(loadSnapshot([{ file: 'bad.yaml', text: check.example.bad }]).snapshot, profile.value)).filter((one) => one.check === slug);
    expect(found).not.toEqual([]);
    for (const finding of found) {
      expect(finding.fix).not.toBe('');
      expect(['certain', 'likely', 'possible']).toContain(finding.confidence);
    }
  });

  test.each(claims)('%s of iam verify fails on a role that may do everything, with a request and a fix', (name) => {
    const found = openClaims.filter((claim) => claim.id.startsWith(`${name}/`));
    expect(found.map(({ status }) => status)).toEqual(['fails']);
    expect(found[0]?.witnesses.length).toBeGreaterThan(0);
    expect(found[0]?.fix).toBeTruthy();
  });
});
