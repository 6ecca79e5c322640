import { expect, test } from 'vitest';
import { asked, only, space } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { podNameSlug } from './pod-names.ts';

const service = (name: string, selector: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ml}\nspec: {clusterIP: None, selector: {${selector}}}\n`;
const containers = (at: string): string =>
  `containers: [{name: t, image: "i:1", command: [torchrun, --nnodes=4, --rdzv-backend=c10d, "--rdzv-endpoint=${at}:29400", t.py], resources: {limits: {nvidia.com/gpu: 8}}}]`;
const job = (at: string, mode: string, spec = ''): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: el, namespace: ml}
spec: {completions: 4, parallelism: 4, completionMode: ${mode}, template: {spec: {restartPolicy: Never, ${spec}${containers(at)}}}}
`;
const set = (at: string, name: string): string => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: el, namespace: ml}
spec: {replicas: 4, ${name}selector: {matchLabels: {app: el}}, template: {metadata: {labels: {app: el}}, spec: {${containers(at)}}}}
`;
const jobset = (at: string): string => `
apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: el, namespace: ml}
spec: {replicatedJobs: [{name: w, template: {spec: {parallelism: 4, completions: 4, template: {spec: {restartPolicy: Never, ${containers(at)}}}}}}]}
`;
const ofJob = service('el', 'job-name: el');
const ofSet = service('el', 'app: el');

test.each<readonly [string, string, readonly string[], RegExp | null]>([
  ['an Indexed Job with a subdomain', job('el-0.el', 'Indexed', 'subdomain: el, '), [ofJob], null],
  ['the same in full', job('el-0.el.ml.svc.cluster.local', 'Indexed', 'subdomain: el, '), [ofJob], null],
  ['the Service alone', job('el', 'Indexed'), [ofJob], null],
  ['without a subdomain', job('el-0.el', 'Indexed'), [ofJob], /has no subdomain, and DNS knows el-0 behind Service el only where it is el/],
  ['without one, in full', job('el-0.el.ml.svc', 'Indexed'), [ofJob], /has no subdomain/],
  ['with another', job('el-0.el', 'Indexed', 'subdomain: mesh, '), [ofJob], /has subdomain mesh/],
  ['a number that no pod has', job('el-4.el', 'Indexed', 'subdomain: el, '), [ofJob], /no pod behind Service el has the hostname el-4/],
  ['pods without a number', job('el-0.el', 'NonIndexed', 'subdomain: el, '), [ofJob], /no pod behind Service el has the hostname el-0/],
  ['a StatefulSet', set('el-0.el', 'serviceName: el, '), [ofSet], null],
  ['one without a Service', set('el-0.el', ''), [ofSet], /unless the DNS of the cluster knows pods by their names.*has no serviceName/],
  ['a JobSet, which names its pods itself', jobset('el-w-0-0.el'), [], null],
])('pods meet where DNS knows the pod by its name: %s', (_, text, cluster, told) => {
  const found = only(asked(text, [space, ...cluster]));
  expect(found.problems.map((f) => [f.check, told?.test(f.message)])).toEqual(told === null ? [] : [[podNameSlug, true]]);
  expect(wouldRun(found)).toBe(told === null);
});
