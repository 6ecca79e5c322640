import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle } from '../model/workload.ts';
import { parseIp } from '../space/ip-set.ts';
import { isBelieved } from './believed.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { readPrimaryAddresses } from './primary-addresses.ts';
import { workloadOf } from './workload-of.ts';

/**
 * A Pod: a workload of one. Succeeded and Failed pods are finished; one with a deletionTimestamp terminates; Pending without an address is pending.
 * All of that counts only on pods that came from a cluster, and success only when a node ran it. Source: kubernetes/api core/v1 PodStatus.
 */
export const expander: JobExpander = {
  kinds: [{ group: '', kind: 'Pod' }],
  expand(object, { shared }) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const template = readPodTemplate(at, object.namespace ?? 'default', shared);
    const status = at.field('status');
    const ips = [...podIps(status), ...readPrimaryAddresses(at.field('metadata').field('annotations'))];
    const node = template.node ?? (status.field('hostIP').string() || null);
    const lifecycle = lifecycleOf(object, at, ips, node !== null || ips.length > 0);
    const unowned = at.field('metadata').field('ownerReferences').each().length === 0;
    return finish(diagnostics, () => [workloadOf(object, template, { replicas: 1, ips, node, lifecycle, unowned, hosts: template.hosts })]);
  },
};

const none: readonly string[] = [];

function podIps(status: Reader): readonly string[] {
  if (status.absent) return none;
  const listed = status
    .field('podIPs')
    .each()
    .map((item) => item.field('ip'));
  const at = listed.length > 0 ? listed : [status.field('podIP')];
  return at.flatMap((ip) => {
    const text = ip.string() ?? '';
    if (text === '') return [];
    if (parseIp(text) !== undefined) return [text];
    ip.error('bad-address', 'This is no IP address.');
    return [];
  });
}

function lifecycleOf(object: RawObject, pod: Reader, ips: readonly string[], ran: boolean): Lifecycle {
  const at = pod.field('status').field('phase');
  const phase = at.string();
  if ((phase === 'Succeeded' || phase === 'Failed') && isBelieved(object, at, ran || phase === 'Failed')) return 'finished';
  const deleted = pod.field('metadata').field('deletionTimestamp');
  if (deleted.present && isBelieved(object, deleted)) return 'terminating';
  return phase === 'Pending' && ips.length === 0 ? 'pending' : 'running';
}
