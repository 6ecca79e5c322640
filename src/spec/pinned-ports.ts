import type { Framework as KnownFramework } from '../frameworks/framework.ts';
import { frameworks } from '../frameworks/registry.gen.ts';
import type { PortMatch } from '../model/policy.ts';
import { tcp } from './need.ts';
import type { Framework, PortSpan, ZoneWorkload } from './zone.ts';

/** What a zone may call a framework. `other` is none that is known. */
export const frameworkNames: readonly string[] = [...frameworks.filter((f) => f.kind === 'framework').map((f) => f.id), 'other'];

/** Whether a framework picks listening ports by itself, so that neither a range of the kernel nor a variable holds them. */
export function isUnpinnable(framework: Framework): boolean {
  return frameworks.some(({ id, fixedPorts }) => id === framework && fixedPorts === null);
}

type Listening = Pick<ZoneWorkload, 'framework' | 'collectives'>;

/** The ports of a pinned rule: the range and the fixed ports, outside it, of what the workload runs. */
export function pinnedPorts(workload: Listening, span: PortSpan): readonly PortMatch[] {
  const fixed = new Set(running(workload).flatMap((f) => f.fixedPorts ?? []));
  const outside = [...fixed].filter((port) => port < span.low || port > span.high).sort((a, b) => a - b);
  return [...outside.map(tcp), { protocol: 'TCP', port: span.low, endPort: span.high }];
}

/** Variables that hold to the range what the sysctl does not move, with their values. None where the sysctl moves all: NCCL, Gloo and torch have no variable for a range. */
export function pinningVariables(workload: Listening, span: PortSpan): Readonly<Record<string, string>> {
  const knobs = running(workload).flatMap((f) => f.knobs);
  return Object.fromEntries(knobs.flatMap(({ name, pin }) => (pin === undefined ? [] : [[name, pin(span.low, span.high)]])));
}

/** An unknown framework is taken for PyTorch; what the zone calls `other` is none that is known. MPI below another framework counts as well. */
function running({ framework, collectives }: Listening): readonly KnownFramework[] {
  const ids = [framework ?? 'pytorch', ...(collectives.backend === 'mpi' ? ['mpi'] : [])];
  return frameworks.filter(({ id }) => ids.includes(id));
}
