import { createHash } from 'node:crypto';
import type { Reader } from '../../kernel/reader.ts';
import { labelsOf, uidOf } from '../../model/metadata.ts';
import type { Direction, Peer, Policy, Rule } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { cidrGroupsIn, groupAddresses } from './cidr-groups.ts';
import type { Reading } from './version.ts';

/**
 * Items of fromGroups or toGroups: addresses that the operator asks of the cloud. Since 1.20 it writes them into a CiliumCIDRGroup that carries the hash of
 * the item as a label; where that is among the manifests, the addresses are known. Source: cilium 1.20 pkg/policy/api/groups.go LabelKey.
 */
export function readGroups(items: readonly Reader[], key: string, context: { readonly around: Surroundings; readonly reading: Reading }): readonly Peer[] {
  return items.flatMap((item): readonly Peer[] => {
    const label = groupLabel(item);
    const found = label !== undefined && context.reading.since('1.20') ? cidrGroupsIn(context.around).filter((g) => Object.hasOwn(labelsOf(g), label)) : [];
    return found.length > 0 ? found.flatMap(groupAddresses) : [{ kind: 'unknown', gap: `the members of ${key} are known to the cloud alone` }];
  });
}

/** `extgrp.cilium.io/` and the hash of the item as Go writes it: fields in the order of its type, keys of labels in order. Undefined, with an error, when it is wrong. */
function groupLabel(item: Reader): string | undefined {
  if (!item.object(['aws'])) return undefined;
  const aws = item.field('aws');
  if (!aws.object(['labels', 'securityGroupsIds', 'securityGroupsNames', 'region']) && aws.present) return undefined;
  const labels = Object.entries(aws.field('labels').textMap() ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = (key: string): readonly string[] =>
    aws
      .field(key)
      .each()
      .flatMap((text) => text.string() ?? []);
  const [ids, names] = [texts('securityGroupsIds'), texts('securityGroupsNames')];
  const region = aws.field('region').string() ?? '';
  const fields = [
    ...(labels.length === 0 ? [] : [`"labels":{${labels.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join(',')}}`]),
    ...(ids.length === 0 ? [] : [`"securityGroupsIds":[${ids.map(goJson).join(',')}]`]),
    ...(names.length === 0 ? [] : [`"securityGroupsNames":[${names.map(goJson).join(',')}]`]),
    ...(region === '' ? [] : [`"region":${goJson(region)}`]),
  ];
  const text = aws.absent ? '{}' : `{"aws":{${fields.join(',')}}}`;
  return `extgrp.cilium.io/${createHash('sha224').update(text, 'utf8').digest('base64url')}`;
}

/** Source: Go encoding/json Marshal, which escapes what HTML would take for markup. */
function goJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether a rule of these sections asks for groups of the cloud. */
export function asksForGroups(sections: readonly Reader[]): boolean {
  const rules = sections.flatMap((section) => section.each());
  return rules.some((rule) => ['fromGroups', 'toGroups'].some((key) => rule.field(key).each().length > 0));
}

/**
 * The policy that the operator makes of one with groups, up to 1.19: a copy with the addresses in their place, which alone is enforced.
 * Source: cilium 1.19 pkg/policy/groups/helpers.go createDerivativeCNP, pkg/policy/k8s/cilium_network_policy.go onUpsert.
 */
export function derivativeOf(object: RawObject, around: Surroundings): RawObject | undefined {
  const uid = uidOf(object);
  return around.of('cilium.io', object.kind).find((other) => {
    const labels = labelsOf(other);
    if (labels['io.cilium.network.policy.kind'] !== 'derivative' || other.namespace !== object.namespace) return false;
    return uid === null ? other.name.startsWith(`${object.name}-groups-`) : labels['io.cilium.network.policy.parent.uuid'] === uid;
  });
}

/** A policy that is enforced once the operator has made its copy, which is not shown. */
export function untilCopied(policy: Policy): Policy {
  const directions = (['ingress', 'egress'] as const).filter((direction) => policy.isolates[direction]);
  return {
    ...policy,
    rules: [...policy.rules.map((rule): Rule => ({ ...rule, condition: rule.condition ?? copied })), ...directions.map((d) => open(policy, d))],
  };
}

const copied = 'whether the operator has made the policy with the addresses of the groups, which alone is enforced up to 1.19';

function open({ origin }: Policy, direction: Direction): Rule {
  return { direction, action: 'allow', peers: null, ports: null, application: null, condition: copied, origin };
}
