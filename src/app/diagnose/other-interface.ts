import type { Complaint } from './complaints.ts';
import type { Judgement } from './order-of-time.ts';

/** The interface of the pod network, in every pod. Source: kubernetes kubelet, which has CNI name it so; containerd pkg/cri, defaultIfName. */
const podInterface = 'eth0';

/**
 * NCCL that sets up over another interface than that of the pod network: what fails there is not met by policies, so they are not asked. Null where the far
 * end is not known to be on one. Source: NVIDIA/nccl src/misc/socket.cc, which takes interfaces that begin with `ib` first.
 */
export function overOtherInterface({ subject, proof, host, port, means, quotes }: Complaint, devices: ReadonlyMap<string, string>): Judgement | null {
  if (subject !== 'peers' || proof === 'echo') return null;
  const used = new Set(devices.values());
  // Each rank takes one interface by the same rule: where all that tell took others, this one did too.
  const device = host !== null && devices.has(host) ? devices.get(host) : used.size > 0 && !used.has(podInterface) ? [...used][0] : undefined;
  if (device === undefined || device === podInterface) return null;
  const far = host === null ? 'a peer' : `${host}${port === null ? '' : `:${port}`}`;
  return {
    blames: device === 'lo' ? 'setting' : 'network',
    likelihood: 'likely',
    title: `A rank could not reach ${far} over ${device}, which policies of pods do not govern`,
    because: [
      means,
      device === 'lo'
        ? 'NCCL sets up over lo, on which no other pod can be reached'
        : `NCCL sets up over ${device}, and pods meet policies on ${podInterface} only: no policy is to blame, and none can mend it`,
    ],
    quotes,
    witness: null,
    advice: null,
    patch: null,
    fix:
      device === 'lo'
        ? `Set NCCL_SOCKET_IFNAME=${podInterface}.`
        : `Look at ${device} between the nodes, or set NCCL_SOCKET_IFNAME=${podInterface}: set-up then goes over the pod network, and policies must let it.`,
  };
}
