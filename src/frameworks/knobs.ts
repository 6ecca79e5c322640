import type { Knob } from './framework.ts';
import { portRangeSysctl } from './listeners.ts';

/** The one portable pin: it holds every listener that asks the kernel for a port. */
export const listenerPin: Knob = {
  kind: 'sysctl',
  name: portRangeSysctl,
  what: 'every listener that asks the kernel for a port, and the source ports of connections that go out',
  source: 'linux Documentation/networking/ip-sysctl.rst; kubernetes pkg/kubelet/sysctl/safe_sysctls.go',
};
