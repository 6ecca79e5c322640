import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadSnapshot } from '../src/app/load.ts';
import { loaders } from '../src/cli/commands.gen.ts';

/**
 * The integrations as their runners would run them, as far as a runner can be had: every shell step of the composite action and of the GitLab job runs in a
 * real repository with the program as it is built. What only GitHub has (setup-node, code scanning, the comment) is not here: its call is looked at.
 */
const here = import.meta.dirname;
const program = `${process.execPath} ${resolve(here, '../dist/cli/bin.js')}`;

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: {
    readonly steps: readonly {
      readonly name: string;
      readonly run?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly with?: object;
      readonly if?: string;
    }[];
  };
}

const actionText = readFileSync(join(here, 'github/action.yml'), 'utf8');
const action = parse(actionText) as Action;

const job = `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: {containers: [{name: pytorch, image: "train:1", env: [{name: NCCL_DEBUG, value: INFO}]}]}}}
    Worker: {replicas: 3, template: {spec: {containers: [{name: pytorch, image: "train:1", env: [{name: NCCL_DEBUG, value: INFO}]}]}}}
`;
const policies = (ports: string): string => `
apiVersion: v1
kind: Namespace
metadata: {name: ml}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: job, namespace: ml}
spec:
  podSelector: {matchLabels: {training.kubeflow.org/job-name: llm}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {}}], ports: [${ports}]}, {ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}]
`;

let folder = '';
let base = '';
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-integration-'));
  git('init', '-q');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('jobs/llm "final".yaml', job);
  write('cluster/policies.yaml', policies('{protocol: TCP}'));
  git('add', '.');
  git('commit', '-qm', 'open');
  base = git('rev-parse', 'HEAD');
  write('cluster/policies.yaml', policies('{protocol: TCP, port: 29500}'));
  git('commit', '-qam', 'store only');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one step of the action as GitHub would, with these inputs. */
function step(name: string, inputs: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const found = action.runs.steps.find((s) => s.name === name);
  if (found?.run === undefined) throw new Error(`no step ${name}`);
  const evaluated = (expression: string): string => {
    const [, input] = /^inputs\.([a-z]+)$/.exec(expression) ?? [];
    if (input !== undefined) return inputs[input] ?? action.inputs[input]?.default ?? '';
    return expression === 'github.event.pull_request.base.sha' ? base : (more[expression] ?? '');
  };
  const env = Object.fromEntries(
    Object.entries(found.env ?? {}).map(([key, text]) => [key, text.replace(/\$\{\{ (.*?) \}\}/g, (_, e: string) => evaluated(e))]),
  );
  const temp = join(folder, '.runner');
  mkdirSync(temp, { recursive: true });
  const output = join(temp, 'output');
  writeFileSync(output, '');
  const summary = join(temp, 'summary');
  writeFileSync(summary, '');
  const run = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', found.run], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env, ...more, GITHUB_ACTION_PATH: join(here, 'github'), RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  });
  const outputs = Object.fromEntries(
    readFileSync(output, 'utf8')
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1)]),
  );
  return { code: run.status, stdout: run.stdout, stderr: run.stderr, outputs, summary: readFileSync(summary, 'utf8') };
}

const inputs = { verb: 'preflight', paths: '\n  jobs/llm "final".yaml\n', policies: 'cluster', command: program };

describe('the GitHub action', () => {
  test('uses each of its inputs, and no other', () => {
    const used = new Set([...actionText.matchAll(/inputs\.([a-z]+)/g)].map((m) => m[1]));
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('reports a job that would not run, what the pull request closes, and where', () => {
    const { code, outputs, summary, stderr } = step('Ringfence', inputs);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(outputs.code).toBe('1');
    const report = readFileSync(outputs.report ?? '', 'utf8');
    expect(summary).toBe(report);
    expect(report).toContain('would not run');
    expect(report).toContain('lost');
    const sarif = JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8')) as {
      runs: { results: { ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] }[];
    };
    const [result] = sarif.runs[0]?.results ?? [];
    expect(result?.ruleId).toBe('job-path-blocked');
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('jobs/llm%20%22final%22.yaml');
  });

  test('compares under the CNI of the zone, as it judges', () => {
    writeFileSync(
      join(folder, 'zone.yaml'),
      '{apiVersion: ringfence.dev/v1alpha1, kind: TrainingZone, metadata: {name: z}, spec: {platform: {cni: cilium@1.19}, namespace: {name: ml}, workloads: [{name: llm, selector: {training.kubeflow.org/job-name: llm}}]}}',
    );
    const { outputs } = step('Ringfence', { ...inputs, zone: 'zone.yaml' });
    const report = readFileSync(outputs.report ?? '', 'utf8');
    expect(report.match(/[Pp]rofile <code>[^\n]*?<\/code>/g)?.map((p) => p.replace(/<[^>]*>/g, ''))).toEqual(['Profile cilium@1.19', 'Profile cilium@1.19']);
  });

  test('says which inputs the verb has no use for, and goes on', () => {
    const { outputs, stdout } = step('Ringfence', { verb: 'scan', paths: 'cluster', zone: 'zone.yaml', command: program });
    expect(stdout).toContain('The input zone has no meaning for scan');
    expect(outputs.code).not.toBe('2');
  });

  test('compares files that the pull request itself asks to leave out', () => {
    writeFileSync(join(folder, '.gitattributes'), 'cluster/policies.yaml export-ignore\n');
    git('add', '.gitattributes');
    git('commit', '-qm', 'hide');
    const report = readFileSync(step('Ringfence', inputs).outputs.report ?? '', 'utf8');
    expect(report).toContain('lost');
    git('reset', '-q', '--hard', 'HEAD~1');
  });

  test.each([
    ['0', 'true', 0],
    ['1', 'true', 1],
    ['1', 'false', 0],
    ['2', 'false', 2],
    ['', 'true', 3],
  ])('ends as Ringfence did: %s, fail %s', (code, fail, wanted) => {
    expect(step('Verdict', { fail }, { 'steps.ringfence.outputs.code': code }).code).toBe(wanted);
  });

  test('writes one comment, and then that one again', () => {
    const bin = join(folder, '.bin');
    mkdirSync(bin, { recursive: true });
    // GitHub's command line is not here; what it would be asked for is.
    writeFileSync(
      join(bin, 'gh'),
      `#!/bin/sh\nprintf '%s\\n' "$*" >> "$RUNNER_TEMP/calls"\ncase "$*" in *--paginate*) [ -f "$RUNNER_TEMP/known" ] && echo 7 || true;; esac\n`,
    );
    chmodSync(join(bin, 'gh'), 0o755);
    const report = step('Ringfence', inputs).outputs.report ?? '';
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      GITHUB_REPOSITORY: 'o/r',
      'steps.ringfence.outputs.report': report,
      'github.event.pull_request.number': '5',
    };
    const calls = join(folder, '.runner/calls');
    if (existsSync(calls)) rmSync(calls);
    expect(step('Comment', {}, env)).toMatchObject({ code: 0, stderr: '' });
    writeFileSync(join(folder, '.runner/known'), '');
    expect(step('Comment', {}, env)).toMatchObject({ code: 0, stderr: '' });
    const asked = readFileSync(calls, 'utf8')
      .split('\n')
      .filter((l) => !l.includes('--paginate') && l !== '');
    expect(asked[0]).toMatch(/--method POST repos\/o\/r\/issues\/5\/comments -F body=@/);
    expect(readFileSync(calls, 'utf8')).toContain('.user.login == "github-actions[bot]"');
    expect(readFileSync(calls, 'utf8')).toContain('<!-- ringfence: scan -->');
    expect(asked[1]).toMatch(/--method PATCH repos\/o\/r\/issues\/comments\/7 -F body=@/);
  });
});

describe('the GitLab job', () => {
  const { '.ringfence': template } = parse(readFileSync(join(here, 'gitlab/ringfence.gitlab-ci.yml'), 'utf8')) as {
    '.ringfence': { script: readonly string[]; variables: Record<string, string> };
  };

  test('fails as Ringfence does, and leaves its report', () => {
    const variables = {
      ...template.variables,
      RINGFENCE_COMMAND: program,
      RINGFENCE_VERB: 'preflight',
      RINGFENCE_PATHS: 'jobs',
      RINGFENCE_OPTIONS: '--policies cluster',
    };
    const run = spawnSync('bash', ['-eo', 'pipefail', '-c', template.script.join('\n')], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...variables },
    });
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('would not run');
    expect(readFileSync(join(folder, 'ringfence/report.md'), 'utf8')).toContain('would not run');
  });
});

describe('the hooks for pre-commit', () => {
  const hooks = parse(readFileSync(join(here, '../.pre-commit-hooks.yaml'), 'utf8')) as { id: string; entry: string; language: string; always_run?: boolean }[];

  test.each(hooks.map((h) => [h.id, h.entry]))('%s runs a verb', (id, entry) => {
    const [name, verb] = entry.split(' ');
    expect(name).toBe('ringfence');
    expect(Object.keys(loaders)).toContain(verb);
    expect(id).toBe(`ringfence-${verb}`);
  });

  test('run also at a commit that only deletes files', () => {
    expect(hooks.map((h) => h.always_run)).toEqual(hooks.map(() => true));
  });
});

describe('the hook for Argo CD', () => {
  const file = (name: string): string => readFileSync(join(here, 'argo-cd', name), 'utf8');

  test('is made of objects that are read without a fault', () => {
    const { snapshot, diagnostics } = loadSnapshot(['access.yaml', 'presync.yaml'].map((name) => ({ file: name, text: file(name) })));
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.map((w) => w.id)).toEqual(['Job/ringfence/ringfence-preflight']);
    expect([...snapshot.namespaces.keys()]).toEqual(['ringfence']);
  });

  test('sees the jobs of the revision that is synced: their ConfigMap is a hook of an earlier wave, under the name that the Job mounts', () => {
    const job = parse(file('presync.yaml')) as {
      metadata: { annotations: Record<string, string>; namespace: string };
      spec: { template: { spec: { volumes: { configMap?: { name: string } }[] } } };
    };
    const {
      configMapGenerator: [made],
    } = parse(file('kustomization.yaml')) as {
      configMapGenerator: [{ name: string; namespace: string; options: { disableNameSuffixHash: boolean; annotations: Record<string, string> } }];
    };
    expect(job.spec.template.spec.volumes.flatMap((v) => v.configMap?.name ?? [])).toEqual([made.name]);
    expect(made).toMatchObject({ namespace: job.metadata.namespace, options: { disableNameSuffixHash: true } });
    expect(made.options.annotations['argocd.argoproj.io/hook']).toBe('PreSync');
    expect(Number(made.options.annotations['argocd.argoproj.io/sync-wave'])).toBeLessThan(
      Number(job.metadata.annotations['argocd.argoproj.io/sync-wave'] ?? 0),
    );
  });
});
