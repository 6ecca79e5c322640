import { expect, test } from 'vitest';
import { asked, job, only } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { meshSlug } from './mesh.ts';

const space = (metadata: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, ${metadata}}\n`;
const pod = (metadata: string, spec = ''): string => job().replaceAll('template: {spec: {', `template: {metadata: {${metadata}}, spec: {${spec}`);

test.each<readonly [string, string, string, RegExp | null]>([
  ['nothing', space(''), job(), null],
  ['a namespace of sidecars', space('labels: {istio-injection: enabled}'), job(), /istio-injection: enabled\): its sidecar has to reach istiod at TCP 15012/],
  ['its revision', space('labels: {istio.io/rev: canary}'), job(), /istio\.io\/rev: canary/],
  ['a pod that wants none', space('labels: {istio-injection: enabled}'), pod('labels: {sidecar.istio.io/inject: "false"}'), null],
  ['a pod on the network of its node', space('labels: {istio-injection: enabled}'), pod('', 'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet, '), null],
  ['a pod that wants one', space(''), pod('labels: {sidecar.istio.io/inject: "true"}'), /sidecar\.istio\.io\/inject: true/],
  ['a pod that wants one where there are none', space('labels: {istio-injection: disabled}'), pod('labels: {sidecar.istio.io/inject: "true"}'), null],
  ['ambient', space('labels: {istio.io/dataplane-mode: ambient}'), job(), /ztunnel on the node carries its TCP to other pods at TCP 15008/],
  ['ambient, and a pod that stays out', space('labels: {istio.io/dataplane-mode: ambient}'), pod('labels: {istio.io/dataplane-mode: none}'), null],
  ['Linkerd', space('annotations: {linkerd.io/inject: enabled}'), job(), /Linkerd's control plane/],
  ['Linkerd, and a pod that stays out', space('annotations: {linkerd.io/inject: enabled}'), pod('annotations: {linkerd.io/inject: disabled}'), null],
])('whether a job runs in a service mesh cannot be told: %s', (_, cluster, text, told) => {
  const found = only(asked(text, [cluster]));
  expect(found.problems.map((f) => [f.check, told?.test(f.message)])).toEqual(
    told === null
      ? []
      : [
          [meshSlug, true],
          [meshSlug, true],
        ],
  );
  expect(wouldRun(found)).toBe(told === null);
});
