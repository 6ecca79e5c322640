import { describe, expect, test } from 'vitest';
import { asked, deny, only, space, statuses } from '../../cases/support/asked-job.ts';
import { loadSnapshot } from '../app/load.ts';

const job = '{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {parallelism: 2, template: {spec: {containers: [{name: c, image: x}]}}}}';
const wrapper = (components: string, more = '', metadata = ''): string =>
  `{apiVersion: workload.codeflare.dev/v1beta2, kind: AppWrapper, metadata: {name: w, namespace: ml${metadata}}, spec: {components: [${components}]}${more}}`;
const live = ', uid: a-1, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z"';

function read(...texts: readonly string[]) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'm.yaml', text: texts.join('\n---\n') }]);
  return { pods: snapshot.workloads.map((w) => `${w.id} ×${w.replicas}`), told: diagnostics.map((d) => `${d.code} ${d.origin?.path.join('.')}`), snapshot };
}

describe('an AppWrapper', () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['makes what it holds', [wrapper(`{template: ${job}}`)], ['Job/ml/j ×2'], []],
    [
      'holds what is in the input by itself',
      [wrapper(`{template: ${job}}`), job.replace('name: j', 'name: j, namespace: ml').replace('parallelism: 2', 'parallelism: 5')],
      ['Job/ml/j ×5'],
      [],
    ],
    ['is over', [wrapper(`{template: ${job}}`, ', status: {phase: Succeeded}', live)], [], []],
    [
      'says that it is over, in a file that somebody wrote',
      [wrapper(`{template: ${job}}`, ', status: {phase: Succeeded}')],
      ['Job/ml/j ×2'],
      ['status-not-believed status.phase'],
    ],
    ['in another', [wrapper(`{template: ${wrapper(`{template: ${job}}`)}}`)], [], ['nested-too-deeply spec.components.0.template']],
    [
      'of another namespace',
      [wrapper(`{template: ${job.replace('name: j', 'name: j, namespace: prod')}}`)],
      [],
      ['wrong-value spec.components.0.template.metadata.namespace'],
    ],
    ['without a template', [wrapper('{podSets: []}')], [], ['missing-field spec.components.0']],
    [
      'with a fault inside',
      [wrapper(`{template: ${job.replace('parallelism: 2', 'parallelism: two')}}`)],
      [],
      ['wrong-type spec.components.0.template.spec.parallelism'],
    ],
    ['of a version that there is not', [wrapper(`{template: ${job}}`).replace('v1beta2', 'v7')], [], ['unknown-version apiVersion']],
    [
      'holds a kind that is spelt wrongly',
      [wrapper(`{template: ${job.replace('kind: Job', 'kind: Jobb')}}`)],
      [],
      ['kind-not-read spec.components.0.template'],
    ],
  ])('%s', (_what, texts, pods, told) => {
    expect(read(...texts)).toMatchObject({ pods, told });
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['where its path says', '{podSets: [{path: template.spec.template}], ', { 'workload.codeflare.dev/appwrapper': 'w' }],
    ['not where another path says', '{podSets: [{path: "template.spec.jobs[0].template"}], ', {}],
    ['not where a path is none', '{podSets: [{path: "template.spec.template["}, {path: "template.spec.x"}], ', {}],
  ])('labels pods %s', (_where, component, labels) => {
    const [workload] = read(wrapper(`${component}template: ${job}}`)).snapshot.workloads;
    expect(Object.fromEntries(Object.entries(workload?.labels ?? {}).filter(([key]) => key.startsWith('workload.codeflare.dev/')))).toEqual(labels);
  });

  test('with very many templates is read in time', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `{name: r${i}, template: {spec: {containers: []}}}`).join(', ');
    const started = performance.now();
    read(wrapper(`{template: {apiVersion: example.com/v1, kind: Many, metadata: {name: m}, spec: {jobs: [${many}]}}}`));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('is what preflight asks about', () => {
    const torch =
      '{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {name: t}, spec: {pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: x}]}}}}}}';
    const found = only(asked(wrapper(`{template: ${torch}}`), [space, deny]));
    expect(found.title).toContain('ml/t');
    expect(statuses(found)).toMatchObject({ 'gloo/collectives': 'blocked', dns: 'blocked' });
  });
});
