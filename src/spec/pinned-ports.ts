import type { PortMatch } from '../model/policy.ts';
import { tcp } from './need.ts';
import type { Framework, PortSpan } from './zone.ts';

/**
 * Ports that a framework listens on outside the range that the kernel picks from. A pinned rule has to open them too.
 * Source: pytorch torch/distributed/run.py (29500) and c10d_rendezvous_backend.py (29400); kubeflow training-operator pytorch_types.go (23456),
 * tensorflow_types.go (2222), jax_types.go (6666); jax k8s_cluster.py (55527).
 */
const fixed: Readonly<Record<Framework, readonly number[]>> = {
  pytorch: [23456, 29400, 29500],
  deepspeed: [23456, 29400, 29500],
  tensorflow: [2222],
  jax: [6666, 55527],
  horovod: [],
  mpi: [],
  ray: [],
  other: [],
};

/**
 * Frameworks whose listeners the sysctl does not hold: Horovod draws from 1024-65535 itself, Open MPI counts up from 1024, Ray workers use 10002-19999.
 * Source: horovod runner/util/network.py find_port; ompi btl_tcp_component.c; ray configure.rst.
 */
export const unpinnable: ReadonlySet<Framework> = new Set<Framework>(['horovod', 'mpi', 'ray']);

/** The ports of a pinned rule: the range and the framework's fixed ports outside it. An unknown framework is taken for PyTorch. */
export function pinnedPorts(framework: Framework | null, span: PortSpan): readonly PortMatch[] {
  const outside = fixed[framework ?? 'pytorch'].filter((port) => port < span.low || port > span.high);
  return [...outside.map(tcp), { protocol: 'TCP', port: span.low, endPort: span.high }];
}
