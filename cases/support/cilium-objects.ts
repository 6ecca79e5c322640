import { read } from '../../src/dialects/cilium/read.ts';
import { pathText } from '../../src/kernel/reader.ts';
import type { Peer, Policy, Rule } from '../../src/model/policy.ts';
import type { RawObject } from '../../src/model/snapshot.ts';

export function object(kind: 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy', body: Record<string, unknown>): RawObject {
  const namespace = kind === 'CiliumNetworkPolicy' ? 'ml' : null;
  return {
    apiVersion: 'cilium.io/v2',
    kind,
    namespace,
    name: 'p',
    body: { apiVersion: 'cilium.io/v2', kind, metadata: { name: 'p' }, ...body },
    origin: { document: { file: 'p.yaml', index: 0 }, path: [] },
  };
}

export const namespaced = (spec: unknown) => object('CiliumNetworkPolicy', { spec });
export const clusterwide = (spec: unknown) => object('CiliumClusterwideNetworkPolicy', { spec });

/** `severity code at path`, one a fault. */
export function faults(raw: RawObject): string[] {
  return read(raw).diagnostics.map((d) => `${d.severity} ${d.code} ${pathText(d.origin?.path ?? [])}`);
}

export function lowered(raw: RawObject): Policy {
  const result = read(raw);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  const [only] = result.value;
  if (only === undefined || result.value.length !== 1) throw new Error('expected one policy');
  return only;
}

export const pods = { endpointSelector: {} };
export const egress = (...rules: unknown[]) => ({ ...pods, egress: rules });
export const ingress = (...rules: unknown[]) => ({ ...pods, ingress: rules });
export const subject = (matchLabels: Record<string, string>) => ({ endpointSelector: { matchLabels }, ingress: [{}] });
export const dns = [{ matchName: 'a.com' }];
export const port = (item: Record<string, unknown>) => egress({ toPorts: [{ ports: [item] }] });
export const to = (...toPorts: unknown[]) => egress({ toPorts });

export function rulesOf(raw: RawObject): readonly Rule[] {
  return lowered(raw).rules;
}

export function peersOf(rule: Record<string, unknown>, raw: (spec: unknown) => RawObject = namespaced): readonly Peer[] | null | undefined {
  const rules = rulesOf(raw(egress(rule)));
  if (rules.length > 1) throw new Error('expected one rule');
  return rules[0]?.peers;
}
