import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { pathText } from '../kernel/reader.ts';
import type { Workload } from '../model/workload.ts';

function load(...texts: readonly string[]): { readonly workloads: readonly Workload[]; readonly faults: readonly string[] } {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'f', text: texts.join('---\n') }]);
  return { workloads: snapshot.workloads, faults: diagnostics.map((d) => `${d.code} ${d.origin === null ? '' : pathText(d.origin.path)}`) };
}

const instanceSpec = `{
  hostname: db-host,
  nodeSelector: {gpu: "true"},
  tolerations: [{key: gpu, operator: Exists}],
  networks: [{name: default, pod: {}}, {name: fast, multus: {networkName: rdma}}, {name: other, multus: {networkName: infra/storage}}],
  domain: {devices: {interfaces: [{name: default, masquerade: {}, ports: [{name: pg, port: 5432}, {port: 53, protocol: UDP}]}, {name: fast, sriov: {}}]}},
  volumes: [{name: disk, hostDisk: {path: /data/disk.img, type: Disk}}, {name: token, serviceAccount: {serviceAccountName: reader}}]
}`;

const machine = (says: string, spec = '{domain: {}}', metadata = ''): string =>
  `apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: db, namespace: ml, labels: {owner: only}${metadata}}\nspec: {${says}, template: {metadata: {labels: {app: db}}, spec: ${spec}}}\n`;
const instance = (metadata = '', status = ''): string =>
  `apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: {name: db, namespace: ml, labels: {app: db, kubevirt.io/nodeName: n1}${metadata}}\nspec: {domain: {}}\n${status}`;
const owned = (kind: string): string => `, ownerReferences: [{apiVersion: kubevirt.io/v1, kind: ${kind}, name: db, controller: true, uid: ${kind}}]`;
const launcher = `apiVersion: v1
kind: Pod
metadata: {name: virt-launcher-db-x, namespace: ml, uid: p, labels: {app: db, kubevirt.io: virt-launcher, kubevirt.io/created-by: VirtualMachineInstance, vm.kubevirt.io/name: db}${owned('VirtualMachineInstance')}}
spec: {nodeName: n1, automountServiceAccountToken: false, nodeSelector: {kubevirt.io/schedulable: "true", machine-type.node.kubevirt.io/q35: "true"}, containers: [{name: compute, image: i}]}
status: {phase: Running, podIP: 10.0.0.7}
`;

describe('virtual machines', () => {
  test('a machine is its launcher pod', () => {
    const { workloads, faults } = load(machine('runStrategy: Always', instanceSpec));
    expect(faults).toEqual([]);
    expect(workloads).toMatchObject([
      {
        id: 'VirtualMachine/ml/db',
        replicas: 1,
        labels: { app: 'db', 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': 'db-host', 'vmi.kubevirt.io/id': 'db' },
        serviceAccount: 'reader',
        hostNetwork: false,
        ports: [
          { name: 'pg', port: 5432, protocol: 'TCP' },
          { name: null, port: 53, protocol: 'UDP' },
        ],
        interfaces: [{ network: 'ml/rdma' }, { network: 'infra/storage' }],
        pod: {
          hostPaths: ['/data/disk.img'],
          nodeSelector: { gpu: 'true', 'kubevirt.io/schedulable': 'true' },
          tolerations: [{ key: 'gpu' }],
          automountServiceAccountToken: true,
        },
      },
    ]);
    expect(Object.keys(workloads[0]?.labels ?? {})).not.toContain('owner');
  });

  test.each([
    ['runStrategy: Halted', 0],
    ['running: false', 0],
    ['running: true', 1],
    ['runStrategy: Manual', 1],
    ['runStrategy: RerunOnFailure', 1],
  ])('%s asks for %i pods', (says, replicas) => {
    expect(load(machine(says)).workloads.map((w) => w.replicas)).toEqual([replicas]);
  });

  test('an instance of a cluster says who made it, and that it is over', () => {
    const { workloads } = load(instance(', uid: u', 'status: {phase: Failed}\n'));
    expect(workloads).toMatchObject([{ id: 'VirtualMachineInstance/ml/db', lifecycle: 'finished', labels: { 'kubevirt.io/created-by': 'u' } }]);
    expect(workloads[0]?.labels).not.toHaveProperty('kubevirt.io/nodeName');
    expect(load(instance('', 'status: {phase: Failed}\n'))).toMatchObject({
      workloads: [{ lifecycle: 'running' }],
      faults: ['status-not-believed status.phase'],
    });
  });

  test('machine, instance and pod of a cluster are one, with the node that the pod is on', () => {
    const { workloads } = load(
      machine('runStrategy: Always', '{domain: {}}', ', uid: VirtualMachine'),
      instance(`, uid: VirtualMachineInstance${owned('VirtualMachine')}`),
      launcher,
    );
    expect(workloads).toMatchObject([{ id: 'VirtualMachine/ml/db', replicas: 1, node: 'n1', ips: ['10.0.0.7'] }]);
  });

  test('an instance of a machine that is halted runs until it is gone', () => {
    const halted = machine('runStrategy: Halted', '{domain: {}}', ', uid: VirtualMachine');
    const { workloads } = load(halted, instance(`, uid: VirtualMachineInstance${owned('VirtualMachine')}`));
    expect(workloads.map((w) => [w.id, w.replicas])).toEqual([
      ['VirtualMachine/ml/db', 0],
      ['VirtualMachineInstance/ml/db', 1],
    ]);
  });

  test.each([
    [machine('runStrategy: Sometimes'), ['unknown-value spec.runStrategy']],
    [machine('running: true, runStrategy: Always'), ['mixed-fields spec.running']],
    ['apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: a}\nspec: {template: {spec: {}}}\n', ['missing-field spec']],
    ['apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: a}\nspec: {running: true}\n', ['missing-field spec']],
    ['apiVersion: kubevirt.io/v1\nkind: VirtualMachineInstance\nmetadata: {name: a}\n', ['missing-field the document']],
    [
      machine('running: true', '{volumes: 1, domain: {devices: {interfaces: [{ports: [{port: 0}, {name: x}, {port: 1, protocol: SCTP}]}]}}}'),
      [
        'missing-field spec.template.spec.domain.devices.interfaces[0].ports[1]',
        'out-of-range spec.template.spec.domain.devices.interfaces[0].ports[0].port',
        'unknown-value spec.template.spec.domain.devices.interfaces[0].ports[2].protocol',
        'wrong-type spec.template.spec.volumes',
      ],
    ],
    [machine('running: true', '{networks: [{name: a, multus: {}}]}'), ['missing-field spec.template.spec.networks[0].multus']],
  ])('faults are told where they stand', (text, faults) => {
    expect([...load(text).faults].sort()).toEqual(faults);
  });
});
