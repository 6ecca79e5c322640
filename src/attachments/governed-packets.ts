import { podLabels } from '../engine/directory.ts';
import { matchPods } from '../engine/match.ts';
import { governanceOf, policiesFor } from '../engine/secondary-plane.ts';
import type { AttachmentRule } from '../model/fabric-attachment.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** What governs the packets of an interface on a network: policies for it that isolate the pods both ways and that something enforces, or why nothing is sure to. */
export function governedPackets(snapshot: Snapshot, workload: Workload, network: string): AttachmentRule {
  const rule = (state: AttachmentRule['state'], text: string): AttachmentRule => ({ traffic: 'packets', state, text });
  const governance = governanceOf(snapshot, network);
  if (governance.kind === 'never') return rule('ungoverned', governance.why);
  const selecting = policiesFor(snapshot, network).filter(
    (p) => p.subject.kind === 'pods' && matchPods(snapshot, p.subject.match, workload, podLabels(workload, 0)).is === 'yes',
  );
  const names = selecting.map((p) => p.id).join(', ');
  const open = (['ingress', 'egress'] as const).filter((d) => !selecting.some((p) => p.isolates[d]));
  if (selecting.length === 0) return rule('ungoverned', 'policies govern the first interface only, and no MultiNetworkPolicy is about this one');
  if (governance.kind === 'unknown') return rule('unknown', `${names} is about it; not known: ${governance.why}. To settle it, ${governance.mend}`);
  return open.length === 0
    ? rule('governed', `by ${names}, which ${governance.by} enforces`)
    : rule('ungoverned', `${names}, enforced by ${governance.by}, leaves ${open.join(' and ')} open`);
}
