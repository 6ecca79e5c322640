import type { PortUse } from '../model/passage.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';

/** Pod sysctl from whose range the kernel takes the port of a socket that asks for none. In the safe set. Source: kubernetes pkg/kubelet/sysctl/safe_sysctls.go. */
export const portRangeSysctl = 'net.ipv4.ip_local_port_range';

/** Ports that Linux hands out to a socket that binds port 0. Source: linux Documentation/networking/ip-sysctl.rst, ip_local_port_range. */
const kernelDefault: readonly [number, number] = [32768, 60999];

/** The range that a pod's sysctl pins its listeners to; null where it does not, or where the value is none. */
export function pinnedRange(workload: Workload): { readonly low: number; readonly high: number } | null {
  const text = Object.hasOwn(workload.pod.sysctls, portRangeSysctl) ? workload.pod.sysctls[portRangeSysctl] : undefined;
  const range = /^\s{0,9}(\d{1,5})\s{1,9}(\d{1,5})\s{0,9}$/.exec(text ?? '');
  if (range === null) return null;
  const [low, high] = [Number(range[1]), Number(range[2])];
  return low >= 1 && low <= high && high <= 65535 ? { low, high } : null;
}

/** TCP ports on which a process in `listener` may turn out to listen. */
export function listenerPorts(use: PortUse, listener: Workload): TransportSet {
  switch (use.kind) {
    case 'fixed':
      return TransportSet.of('TCP', [[use.port, use.port]]);
    case 'range':
      return TransportSet.of('TCP', [[use.low, use.high]]);
    case 'ephemeral': {
      const pinned = pinnedRange(listener);
      return TransportSet.of('TCP', [pinned === null ? kernelDefault : [pinned.low, pinned.high]]);
    }
  }
}
