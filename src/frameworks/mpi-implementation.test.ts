import { expect, test } from 'vitest';
import { lines } from '../../cases/support/framework-jobs.ts';
import { loadSnapshot } from '../app/load.ts';
import { detectedIn } from './job-frameworks.ts';
import { trainingJobs } from './training-jobs.ts';

const pod = (image: string, more = ''): string => `template: {spec: {containers: [{name: mpi, image: "registry.example.com/${image}", ${more}}]}}`;

function job(implementation: string, image = 'solver:1', more = '') {
  const said = implementation === '' ? '' : `mpiImplementation: ${implementation}, `;
  const text = `{apiVersion: kubeflow.org/v2beta1, kind: MPIJob, metadata: {name: m, namespace: ml}, spec: {${said}mpiReplicaSpecs: {Launcher: {${pod(image, `command: [mpirun]${more}`)}}, Worker: {replicas: 2, ${pod(image, 'command: [sshd, -D]')}}}}}`;
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'job.yaml', text }]);
  expect(diagnostics).toEqual([]);
  const [found] = trainingJobs(snapshot.workloads);
  if (found === undefined) throw new Error('a job');
  return found;
}

const openMpi = ['mpi/ssh: launcher → worker on 22 2222', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'];
const hydra = [...openMpi.slice(0, 2), 'mpi/ranks: worker → worker on ephemeral'];

test.each([
  ['', 'solver:1', openMpi],
  ['', 'intel/oneapi:1', hydra],
  ['OpenMPI', 'solver:1', openMpi],
  // An image of the vendor may hold any MPI; what the object says is what the operator sets up.
  ['OpenMPI', 'intel/solver:1', openMpi],
  ['Intel', 'solver:1', hydra],
  ['MPICH', 'solver:1', hydra],
])('mpiImplementation "%s" in image %s decides the ports', (implementation, image, expected) => {
  expect(lines(job(implementation, image))).toEqual(expected);
});

test('what the object says is told as evidence', () => {
  const signs = detectedIn(job('Intel')).flatMap((d) => d.signs);
  expect(signs.find((s) => s.text === 'mpiImplementation: Intel')?.origin.path).toEqual(['spec', 'mpiImplementation']);
});

test('settings of another implementation pin nothing', () => {
  const env = (name: string, value: string): string => `, env: [{name: ${name}, value: "${value}"}]`;
  const daemons = (implementation: string, more: string): string | undefined => lines(job(implementation, 'solver:1', more))[1];
  expect(daemons('Intel', env('I_MPI_PORT_RANGE', '50000:51000'))).toBe('mpi/daemons: worker → launcher on 50000-51000');
  expect(daemons('OpenMPI', env('I_MPI_PORT_RANGE', '50000:51000'))).toBe('mpi/daemons: worker → launcher on ephemeral');
  expect(daemons('MPICH', env('OMPI_MCA_oob_tcp_dynamic_ipv4_ports', '41000-41100'))).toBe('mpi/daemons: worker → launcher on ephemeral');
});

test('options of ssh that the operator hides pin nothing, others do', () => {
  const ssh = (implementation: string, name: string): string | undefined =>
    lines(job(implementation, 'solver:1', `, env: [{name: ${name}, value: "-p 2235"}]`))[0];
  expect(ssh('', 'OMPI_MCA_plm_rsh_args')).toBe('mpi/ssh: launcher → worker on 22 2222');
  expect(ssh('Intel', 'I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS')).toBe('mpi/ssh: launcher → worker on 22 2222');
  expect(ssh('MPICH', 'HYDRA_LAUNCH_EXTRA_ARGS')).toBe('mpi/ssh: launcher → worker on 22 2222');
  expect(ssh('', 'PRTE_MCA_plm_ssh_args')).toBe('mpi/ssh: launcher → worker on 2235');
  // Set up for Open MPI, the operator leaves the variables of Hydra as they are.
  expect(ssh('', 'HYDRA_LAUNCH_EXTRA_ARGS')).toBe('mpi/ssh: launcher → worker on 2235');
});
