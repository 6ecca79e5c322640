import { type Reader, shown } from '../../kernel/reader.ts';
import { isDnsSubdomain } from '../../model/label-syntax.ts';

/** Source: k8snetworkplumbingwg/multi-networkpolicy README; multi-networkpolicy-iptables pkg/server/policyrules.go. */
export const policyFor = 'k8s.v1.cni.cncf.io/policy-for';

/** The networks that a policy is for, as `namespace/name`: a comma between them, spaces do not count, the policy's own namespace where none is written. */
export function readPolicyFor(at: Reader, namespace: string): readonly string[] {
  const text = at.string();
  if (text === undefined || text.replaceAll(' ', '') === '') {
    at.warning('no-networks', `The annotation ${policyFor} is missing or empty, so this policy is for no network.`, 'Name the networks: namespace/name, …');
    return [];
  }
  const words = text.replaceAll(' ', '').split(',');
  const wrong = words.filter((w) => w.split('/').length > 2 || !w.split('/').every(isDnsSubdomain));
  for (const word of wrong) at.warning('bad-network', `${shown(word)} is no name of a network; expected namespace/name.`);
  return [...new Set(words.filter((w) => !wrong.includes(w)).map((w) => (w.includes('/') ? w : `${namespace}/${w}`)))];
}
