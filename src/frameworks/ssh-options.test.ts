import { expect, test } from 'vitest';
import { jobOf, type Sort } from '../../cases/support/framework-jobs.ts';
import { framework } from './mpi.ts';

const launcher: Sort = { container: { command: ['mpirun', 'a.out'] } };
const portsOf = (worker: Sort['container'], start = launcher): unknown =>
  framework.passages(jobOf('MPIJob', { launcher: start, worker: { replicas: 2, container: worker } })).find((p) => p.id === 'mpi/ssh')?.ports;
const fixed = (...ports: number[]) => ports.map((port) => ({ kind: 'fixed', port }));
const any = [{ kind: 'range', low: 1, high: 65_535 }];

test.each([
  ['/usr/sbin/sshd -De -p 2233', fixed(2233)],
  ['/usr/sbin/sshd -Dep2233', fixed(2233)],
  ['/usr/sbin/sshd -D -o Port=2233', fixed(2233)],
  ['/usr/sbin/sshd -D -oPort=2233', fixed(2233)],
  ['/usr/sbin/sshd -D -o "Port 2233"', fixed(2233)],
  ['/usr/sbin/sshd -D -o "PermitRootLogin yes" -o ListenAddress=[::]:2233', fixed(2233)],
  ['/usr/sbin/sshd -p 2233 -p 2234 -D', fixed(2233, 2234)],
  ['mkdir -p /run/sshd && /usr/sbin/sshd -t && exec /usr/sbin/sshd -D -p 2233', fixed(2233)],
  ['/usr/sbin/sshd -D -E /tmp/log -f /etc/cm/sshd_config', any],
  ['/usr/sbin/sshd -f /etc/cm/sshd_config -p 2233', fixed(2233)],
  ['/usr/sbin/sshd -f /etc/ssh/sshd_config -D', fixed(22, 2222)],
  ['/usr/sbin/sshd -De -f /home/mpiuser/.sshd_config', fixed(2222)],
  ['/usr/sbin/sshd -D; other -p 9', fixed(22, 2222)],
  ['/usr/sbin/sshd -D -o', fixed(22, 2222)],
])('workers are dialled where their sshd listens: %s', (command, ports) => {
  expect(portsOf({ command: ['bash', '-c', command] })).toEqual(ports);
});

test('a port of ssh that the workers declare tells what a file may say', () => {
  expect(portsOf({ command: ['/usr/sbin/sshd', '-f', '/etc/cm/sshd_config'], ports: [{ containerPort: 22 }] })).toEqual(fixed(22));
});

test.each(['-o Port=2240 -q', '-qp 2240', '-oPort=2240', '-i /id -p 2240 -p 9'])('the launcher is told what to dial by options of ssh: %s', (args) => {
  const told = { container: { command: ['mpirun', '--mca', 'plm_rsh_args', args, 'a.out'] } };
  expect(portsOf({ command: ['sshd', '-D'] }, told)).toEqual(fixed(2240));
});
