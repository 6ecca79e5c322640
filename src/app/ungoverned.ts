import { fabricDevices } from '../checks/fabric-devices.ts';
import type { UngovernedPath } from '../model/scan-report.ts';
import type { Workload } from '../model/workload.ts';

/** The ways out of a pod that no policy of any kind governs. */
export function ungovernedPaths(workload: Workload): readonly UngovernedPath[] {
  const paths: UngovernedPath[] = [];
  if (workload.hostNetwork) paths.push({ kind: 'host-network', text: 'shares the network of its node, where no NetworkPolicy applies' });
  for (const device of fabricDevices(workload))
    paths.push({ kind: 'rdma-device', text: `${device.resource}: its traffic never passes through the pod network` });
  for (const nic of workload.interfaces) paths.push({ kind: 'secondary-interface', text: `${nic.network}: policies govern the first interface only` });
  for (const path of workload.pod.hostPaths) paths.push({ kind: 'host-path', text: `${path} of the node is mounted` });
  for (const container of workload.pod.containers.filter((c) => c.privileged))
    paths.push({ kind: 'privileged', text: `container ${container.name} is privileged and can act as its node` });
  for (const port of workload.ports) {
    if (port.hostPort !== null && !workload.hostNetwork)
      paths.push({ kind: 'host-port', text: `port ${port.port}/${port.protocol} is also open on the node as ${port.hostPort}` });
  }
  return paths;
}
