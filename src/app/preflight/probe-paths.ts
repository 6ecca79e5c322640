import { decide } from '../../engine/decide.ts';
import type { Reachability } from '../../engine/reach.ts';
import type { Counterexample } from '../../model/claim.ts';
import type { PreflightPath } from '../../model/preflight-report.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { inContainer, type Workload } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { portText, reasonsOf } from '../claims/judge.ts';
import { memberTitle } from './member-title.ts';

/** What stands for the node of pods that no scheduler has placed. */
const someNode = '(its node)';

/** Ports of the pods of a job that their kubelet probes, from their own node: a path for each sort of pod that has such probes. What the CNI says of a pod's own node counts. */
export function probePaths(reach: Reachability, job: TrainingJob): readonly PreflightPath[] {
  return job.members.flatMap((member) => {
    const probed = member.pod.containers.flatMap((c) => c.probes.map((probe) => ({ container: c, probe, port: numberOf(member, probe.port) })));
    const [first] = probed;
    if (first === undefined || member.hostNetwork || member.lifecycle === 'finished') return [];
    const ports = [...new Set(probed.flatMap(({ port }) => port ?? []))];
    const title = memberTitle(job, member);
    const asked = ports.map((port) => verdictOn(reach, member, port, title));
    const shut = asked.filter((w) => w.verdict.decision === 'denied');
    const doubtful = asked.filter((w) => w.verdict.decision !== 'allowed' && w.verdict.decision !== 'denied');
    const nameless = probed.flatMap(({ port, probe }) =>
      port === null ? [`no port of the pod is called ${probe.port}, which its ${probe.sort} probe names`] : [],
    );
    const status = shut.length > 0 ? 'blocked' : doubtful.length > 0 || nameless.length > 0 ? 'unknown' : 'open';
    return [
      {
        id: `probes/${member.role ?? member.name}`,
        title: `probes of ${title}`,
        from: 'the kubelet',
        to: title,
        ports: TransportSet.of(
          'TCP',
          ports.map((port): [number, number] => [port, port]),
        ).toString(),
        required: true,
        because: [...new Set(probed.map(({ probe, container }) => `${probe.sort}Probe of container ${container.name}`))].join(', '),
        source: 'kubernetes.io, Liveness, Readiness and Startup Probes; what the profile says of a pod’s own node',
        origin: inContainer(member, first.container, `${first.probe.sort}Probe`),
        status,
        witnesses: shut.length > 0 ? shut.slice(0, 3) : doubtful.slice(0, 3),
        shut: (shut.length > 0 ? shut : doubtful).map(({ packet }) => `the kubelet to ${title} (${portText(packet.protocol, packet.port)})`),
        reasons: status === 'unknown' ? [...new Set(nameless), ...reasonsOf(doubtful)] : [],
        advice: null,
      },
    ];
  });
}

function numberOf(member: Workload, port: number | string): number | null {
  return typeof port === 'number' ? port : (member.ports.find((p) => p.name === port && p.protocol === 'TCP')?.port ?? null);
}

/** Pods that nobody has placed are put on a node that stands for whichever it will be. */
function verdictOn(reach: Reachability, member: Workload, port: number, title: string): Counterexample {
  const node = member.node ?? someNode;
  const workloads = member.node === null ? reach.snapshot.workloads.map((w) => (w.id === member.id ? { ...w, node } : w)) : reach.snapshot.workloads;
  const packet = { from: { kind: 'node', node }, to: { kind: 'pod', workload: member.id, replica: 0 }, protocol: 'TCP', port } as const;
  return {
    packet,
    verdict: decide({ ...reach.snapshot, workloads }, reach.profile, packet),
    story: `the kubelet cannot reach ${title} on ${portText('TCP', port)}`,
  };
}
