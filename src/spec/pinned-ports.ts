import { frameworks } from '../frameworks/registry.gen.ts';
import type { PortMatch } from '../model/policy.ts';
import { tcp } from './need.ts';
import type { Framework, PortSpan } from './zone.ts';

/** What a zone may call a framework. `other` is none that is known. */
export const frameworkNames: readonly string[] = [...frameworks.filter((f) => f.kind === 'framework').map((f) => f.id), 'other'];

/** Whether a framework picks listening ports by itself, so that no range of the kernel holds them. */
export function isUnpinnable(framework: Framework): boolean {
  return fixedPortsOf(framework) === null;
}

/** The ports of a pinned rule: the range and the framework's fixed ports outside it. An unknown framework is taken for PyTorch. */
export function pinnedPorts(framework: Framework | null, span: PortSpan): readonly PortMatch[] {
  const outside = (fixedPortsOf(framework ?? 'pytorch') ?? []).filter((port) => port < span.low || port > span.high);
  return [...outside.map(tcp), { protocol: 'TCP', port: span.low, endPort: span.high }];
}

/** In ascending order. What the zone calls `other` is none that is known. */
function fixedPortsOf(framework: Framework): readonly number[] | null {
  const known = frameworks.find(({ id }) => id === framework);
  if (known === undefined) return [];
  return known.fixedPorts === null ? null : [...known.fixedPorts].sort((a, b) => a - b);
}
