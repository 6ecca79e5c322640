import { isMap } from '../../kernel/map.ts';
import { noEnd } from '../../model/observed-flow.ts';
import { parseIp } from '../../space/ip-set.ts';
import { bad, type JsonFormat, type Outcome } from '../outcome.ts';
import { countOf, epochOf, listAt, mapAt, portOf, protocolOf, textAt } from '../values.ts';

type Json = Readonly<Record<string, unknown>>;

export const json: JsonFormat = {
  id: 'azure',
  title: 'Azure flow logs: network security groups (versions 1 and 2) and virtual networks',
  source: 'Microsoft Learn, Network Watcher: NSG flow logs, log format; virtual network flow logs, log format',
  takes: (record) => isEntry(record) || listAt(record, 'records').some((r) => isMap(r) && isEntry(r)),
  read: (record) => (isEntry(record) ? [record] : listAt(record, 'records').filter(isMap)).flatMap(readEntry),
};

function isEntry(record: Json): boolean {
  return mapAt(record, 'flowRecords') !== null || Array.isArray(mapAt(record, 'properties')?.flows);
}

function readEntry(entry: Json): readonly Outcome[] {
  const node = textAt(entry, 'macAddress');
  const tuples = (list: readonly unknown[], rule: string, of: (tuple: string, rule: string, node: string) => Outcome): readonly Outcome[] =>
    list.map((t) => (typeof t === 'string' ? of(t, rule, node) : bad('a tuple that is no text')));
  const network = listAt(mapAt(entry, 'flowRecords'), 'flows')
    .filter(isMap)
    .flatMap((f) => listAt(f, 'flowGroups').filter(isMap))
    .flatMap((g) => tuples(listAt(g, 'flowTuples'), textAt(g, 'rule'), networkTuple));
  const groups = listAt(mapAt(entry, 'properties'), 'flows')
    .filter(isMap)
    .flatMap((f) =>
      listAt(f, 'flows')
        .filter(isMap)
        .flatMap((m) => tuples(listAt(m, 'flowTuples'), textAt(f, 'rule'), groupTuple)),
    );
  return [...network, ...groups];
}

/** `seconds,source,destination,sourcePort,destinationPort,T|U,I|O,A|D` and from version 2 `,B|C|E,packets,bytes,packets,bytes`. */
function groupTuple(tuple: string, rule: string, node: string): Outcome {
  const [time = '', from = '', to = '', sourcePort = '', destinationPort = '', protocol, direction, decision, state = '', , sent = '', , received = ''] =
    tuple.split(',');
  const word = protocol === 'T' ? 'TCP' : protocol === 'U' ? 'UDP' : '';
  return flowOf({ time, from, to, sourcePort, destinationPort, protocol: word, direction, isDenied: decision === 'D', state, sent, received, rule, node });
}

/** `milliseconds,source,destination,sourcePort,destinationPort,protocol number,I|O,B|C|E|D,encryption,packets,bytes,packets,bytes`. */
function networkTuple(tuple: string, rule: string, node: string): Outcome {
  const [time = '', from = '', to = '', sourcePort = '', destinationPort = '', protocol = '', direction, state = '', , , sent = '', , received = ''] =
    tuple.split(',');
  return flowOf({ time, from, to, sourcePort, destinationPort, protocol, direction, isDenied: state === 'D', state, sent, received, rule, node });
}

interface Tuple {
  readonly time: string;
  readonly from: string;
  readonly to: string;
  readonly sourcePort: string;
  readonly destinationPort: string;
  readonly protocol: string;
  readonly direction: string | undefined;
  readonly isDenied: boolean;
  readonly state: string;
  readonly sent: string;
  readonly received: string;
  readonly rule: string;
  readonly node: string;
}

function flowOf(tuple: Tuple): Outcome {
  const timeNs = epochOf(tuple.time);
  const [sourcePort, destinationPort] = [portOf(tuple.sourcePort || '0'), portOf(tuple.destinationPort || '0')];
  if (timeNs === undefined) return bad('a tuple without a time');
  if (parseIp(tuple.from) === undefined || parseIp(tuple.to) === undefined) return bad('an address is none');
  if (sourcePort === undefined || destinationPort === undefined) return bad('a port is none');
  const [sent, received] = [countOf(tuple.sent), countOf(tuple.received)];
  return {
    kind: 'flow',
    flow: {
      format: 'azure',
      timeNs,
      durationNs: 0,
      source: { ...noEnd, ip: tuple.from, port: sourcePort },
      destination: { ...noEnd, ip: tuple.to, port: destinationPort },
      protocol: protocolOf(tuple.protocol),
      verdict: tuple.isDenied ? 'dropped' : 'forwarded',
      reason: tuple.isDenied ? 'SECURITY_RULE' : '',
      direction: tuple.direction === 'O' ? 'egress' : tuple.direction === 'I' ? 'ingress' : '',
      isReply: false,
      knowsInitiator: true,
      bytesSent: sent ?? 0,
      bytesReceived: received ?? 0,
      hasBytes: sent !== undefined || received !== undefined,
      // C and E go on with a connection that B began.
      connections: tuple.state === 'C' || tuple.state === 'E' ? 0 : 1,
      isLayer7: false,
      dnsQuery: '',
      dnsTypes: '',
      dnsCode: '',
      service: '',
      policies: tuple.rule.replaceAll(',', ''),
      node: tuple.node,
      cluster: '',
    },
  };
}
