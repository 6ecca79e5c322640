import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../src/app/load.ts';
import type { Surroundings } from '../src/jobs/expander.ts';
import { expanders } from '../src/jobs/registry.gen.ts';
import { groupOf } from '../src/model/metadata.ts';
import type { RawObject, Snapshot } from '../src/model/snapshot.ts';
import type { ContainerPort, PerPodLabel, Workload } from '../src/model/workload.ts';

/**
 * Manifests of each operator (`goldens/jobs/x.yaml`) and what they become (`x.pods.yaml`): the pods, and the Services and policies that its controller makes.
 * `npm run goldens` writes the second again.
 */
const folder = new URL('jobs/', import.meta.url);
const operators = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.pods.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''));

function portText({ name, port, protocol, hostPort }: ContainerPort): string {
  return `${port}/${protocol}${name === null ? '' : ` ${name}`}${hostPort === null ? '' : `, ${hostPort} of the node`}`;
}

function perPodText({ prefix, start }: PerPodLabel, replicas: number): string {
  return replicas < 2 ? `${prefix}${start}` : `${prefix}${start} to ${prefix}${start + replicas - 1}`;
}

function podsOf(workload: Workload): unknown {
  return {
    id: workload.id,
    role: workload.role,
    replicas: workload.replicas,
    lifecycle: workload.lifecycle,
    serviceAccount: workload.serviceAccount,
    ...(workload.hostNetwork ? { hostNetwork: true, dnsPolicy: workload.pod.dnsPolicy } : {}),
    labels: { ...workload.labels },
    'labels that differ': Object.fromEntries(workload.perPodLabels.map((label) => [label.key, perPodText(label, workload.replicas)])),
    containers: workload.pod.containers.map(({ name, sort }) => (sort === 'container' ? name : `${name} (${sort})`)),
    ports: workload.ports.map(portText),
    ...(workload.interfaces.length === 0 ? {} : { interfaces: workload.interfaces.map((one) => one.network) }),
  };
}

function madeBy({ objects }: Snapshot): readonly RawObject[] {
  const around: Surroundings = {
    find: (group, kind, namespace, name) =>
      objects.find((o) => groupOf(o.apiVersion) === group && o.kind === kind && o.namespace === namespace && o.name === name),
  };
  return objects.flatMap((object) =>
    expanders
      .filter((expander) => expander.kinds.some((k) => k.group === groupOf(object.apiVersion) && k.kind === object.kind))
      .flatMap((expander) => expander.makes?.(object, around) ?? []),
  );
}

describe.each(operators)('the pods of %s', (operator) => {
  const file = `${operator}.yaml`;
  const { snapshot, diagnostics } = loadSnapshot([{ file, text: readFileSync(new URL(file, folder), 'utf8') }]);

  test('are those on record', () => {
    const golden = new URL(`${operator}.pods.yaml`, folder);
    const text = dump({ pods: snapshot.workloads.map(podsOf), made: madeBy(snapshot).map((made) => made.body) }, { lineWidth: 160, noRefs: true });
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(golden, text);
    expect(existsSync(golden) ? readFileSync(golden, 'utf8') : '').toBe(text);
  });

  test('are made of objects that are read without a complaint', () => {
    expect(diagnostics).toEqual([]);
    expect([...snapshot.unread.keys()]).toEqual([]);
    expect(snapshot.workloads).not.toEqual([]);
  });

  test('are the same when the Services and policies that the controller makes are in the input by themselves', () => {
    const made = madeBy(snapshot).map((object) => dump(object.body, { noRefs: true }));
    const again = loadSnapshot([
      { file, text: readFileSync(new URL(file, folder), 'utf8') },
      { file: 'made.yaml', text: made.join('---\n') },
    ]);
    expect(again.diagnostics).toEqual([]);
    expect(again.snapshot.services.map(({ origin: _origin, ...rest }) => rest)).toEqual(snapshot.services.map(({ origin: _origin, ...rest }) => rest));
    // Whoever reads a policy by itself does not know who made it.
    expect(again.snapshot.policies.map((policy) => policy.id)).toEqual(snapshot.policies.map((policy) => policy.id.replace(/ \(made by .*\)$/, '')));
  });
});
