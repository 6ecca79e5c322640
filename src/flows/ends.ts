import type { FlowEnd, ObservedFlow } from '../model/observed-flow.ts';
import { timeText } from './coverage.ts';

/** Who an end is, for people and as a key: the workload where it is known, else the pod, else the address. */
export function titleOf(end: FlowEnd): string {
  if (end.workload !== '') return `${end.namespace}/${end.workload}`;
  if (end.pod !== '') return `${end.namespace}/${stemOf(end.pod)}`;
  if (end.kind === 'apiserver') return 'the API server';
  const [name] = end.names.split(',');
  if (name !== undefined && name !== '') return name;
  if (end.ip !== '') return end.ip;
  return end.kind === 'node' ? 'a node' : end.kind === 'outside' ? 'outside' : end.namespace === '' ? 'somebody unknown' : `${end.namespace}/somebody`;
}

/** Letters that the API server makes names of. Source: kubernetes/apimachinery pkg/util/rand, alphanums. */
const madeUp = /(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** A pod's name without what controllers add to it: the replicas of one workload are one sender. */
function stemOf(pod: string): string {
  return pod.replace(madeUp, '').replace(/-\d{1,5}$/, '') || pod;
}

/** A flow in a line. */
export function flowText(flow: ObservedFlow): string {
  const { source, destination, protocol, reason } = flow;
  const who = source.pod === '' ? titleOf(source) : `${source.namespace}/${source.pod}`;
  const whom = destination.pod === '' ? titleOf(destination) : `${destination.namespace}/${destination.pod}`;
  const at = destination.ip !== '' && whom !== destination.ip ? ` (${destination.ip})` : '';
  const what = flow.dnsQuery === '' ? '' : ` asks for ${flow.dnsQuery.slice(0, 100)}${flow.dnsTypes === '' ? '' : ` ${flow.dnsTypes}`}`;
  const bytes = flow.hasBytes ? `, ${flow.bytesSent} bytes sent` : '';
  return `${timeText(flow.timeNs)} ${who} to ${whom}${at} ${destination.port}/${protocol} ${flow.verdict}${reason === '' ? '' : ` ${reason}`}${what}${bytes}${flow.node === '' ? '' : `, seen by ${flow.node}`}`;
}
