import { fabricDevices } from '../checks/fabric-devices.ts';
import { podLabels } from '../engine/directory.ts';
import { matchPods } from '../engine/match.ts';
import { governanceOf, policiesFor } from '../engine/secondary-plane.ts';
import type { UngovernedPath } from '../model/scan-report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** The ways out of a pod that no policy of any kind governs. */
export function ungovernedPaths(snapshot: Snapshot, workload: Workload): readonly UngovernedPath[] {
  const paths: UngovernedPath[] = [];
  if (workload.hostNetwork) paths.push({ kind: 'host-network', text: 'shares the network of its node, where no NetworkPolicy applies' });
  for (const device of fabricDevices(workload))
    paths.push({ kind: 'rdma-device', text: `${device.resource}: its traffic never passes through the pod network` });
  for (const nic of workload.interfaces) {
    const why = ungovernedInterface(snapshot, workload, nic.network);
    if (why !== null) paths.push({ kind: 'secondary-interface', text: `${nic.network}: ${why}` });
  }
  for (const path of workload.pod.hostPaths) paths.push({ kind: 'host-path', text: `${path} of the node is mounted` });
  for (const container of workload.pod.containers.filter((c) => c.privileged))
    paths.push({ kind: 'privileged', text: `container ${container.name} is privileged and can act as its node` });
  for (const port of workload.ports) {
    if (port.hostPort !== null && !workload.hostNetwork)
      paths.push({ kind: 'host-port', text: `port ${port.port}/${port.protocol} is also open on the node as ${port.hostPort}` });
  }
  return paths;
}

/** Why nothing is sure to govern an interface, in words; null where policies for its network isolate the pods both ways and something enforces them. */
function ungovernedInterface(snapshot: Snapshot, workload: Workload, network: string): string | null {
  const governance = governanceOf(snapshot, network);
  if (governance.kind === 'never') return governance.why;
  const selecting = policiesFor(snapshot, network).filter(
    (p) => p.subject.kind === 'pods' && matchPods(snapshot, p.subject.match, workload, podLabels(workload, 0)).is === 'yes',
  );
  const names = selecting.map((p) => p.id).join(', ');
  const open = (['ingress', 'egress'] as const).filter((d) => !selecting.some((p) => p.isolates[d]));
  if (selecting.length === 0) return 'policies govern the first interface only, and no MultiNetworkPolicy is about this one';
  if (governance.kind === 'unknown') return `${names} is about it; not known: ${governance.why}. To settle it, ${governance.mend}`;
  return open.length === 0 ? null : `${names}, enforced by ${governance.by}, leaves ${open.join(' and ')} open`;
}
