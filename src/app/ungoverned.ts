import { attachmentsOf } from '../attachments/attachments-of.ts';
import type { FabricAttachment } from '../model/fabric-attachment.ts';
import type { UngovernedPath } from '../model/scan-report.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** The ways out of a pod that no policy of any kind governs, but for attachments that are `settled` otherwise. */
export function ungovernedPaths(
  snapshot: Snapshot,
  workload: Workload,
  settled: (attachment: FabricAttachment) => boolean = () => false,
): readonly UngovernedPath[] {
  const paths: UngovernedPath[] = [];
  if (workload.hostNetwork) paths.push({ kind: 'host-network', text: 'shares the network of its node, where no NetworkPolicy applies' });
  for (const attachment of attachmentsOf(snapshot, workload)) {
    const open = attachment.rules.filter((r) => r.state !== 'governed');
    if (open.length > 0 && !settled(attachment))
      paths.push({
        kind: pathKind(attachment),
        text: `${attachment.name}: ${open.map((r) => (r.state === 'elsewhere' ? `governed ${r.text}` : r.text)).join('; ')}`,
      });
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

function pathKind({ kind }: FabricAttachment): UngovernedPath['kind'] {
  return ['shared-rdma', 'rdma-device', 'efa', 'imex-channel'].includes(kind) ? 'rdma-device' : 'secondary-interface';
}
