import { describe, expect, test } from 'vitest';
import type { FlowCoverage } from '../model/flow-coverage.ts';
import type { ObservedFlow } from '../model/observed-flow.ts';
import { CoverageCount } from './coverage.ts';
import { DropMerger } from './drop-merger.ts';
import { type BadLine, FlowScanner } from './flow-scanner.ts';

const now = 1_800_000_000_000_000_000n;

interface Read {
  readonly flows: readonly ObservedFlow[];
  readonly bad: readonly BadLine[];
  readonly coverage: FlowCoverage;
}

function read(text: string, chunk = 7): Read {
  const flows: ObservedFlow[] = [];
  const bad: BadLine[] = [];
  const count = new CoverageCount(now);
  const scanner = new FlowScanner('f', { now, count, merger: new DropMerger(), flow: (f) => flows.push(f), badLine: (b) => bad.push(b) });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) scanner.feed(bytes.subarray(at, at + chunk));
  scanner.end();
  return { flows, bad, coverage: count.done() };
}

/** A flow in a line: what a reader must get right. */
function told(f: ObservedFlow): string {
  const end = (e: ObservedFlow['source']): string => `${e.kind}:${e.namespace}/${e.workload}/${e.pod}@${e.ip}:${e.port}`;
  return `${f.format} ${f.timeNs} ${end(f.source)} > ${end(f.destination)} ${f.protocol} ${f.verdict} ${f.direction || '-'} ${f.isReply ? 'reply' : 'first'} ${f.hasBytes ? `${f.bytesSent}/${f.bytesReceived}` : 'no bytes'}`;
}

const client = {
  ID: 1,
  identity: 2000,
  namespace: 'ml',
  labels: ['k8s:app=train', 'k8s:io.kubernetes.pod.namespace=ml', 'k8s:io.cilium.k8s.policy.cluster=c'],
  pod_name: 'train-0',
  workloads: [{ name: 'train', kind: 'StatefulSet' }],
};
const flow = {
  time: '2026-11-26T10:00:00.123456789Z',
  verdict: 'FORWARDED',
  IP: { source: '10.0.0.1', destination: '1.2.3.4', ipVersion: 'IPv4' },
  l4: { TCP: { source_port: 40000, destination_port: 443, flags: { SYN: true } } },
  source: client,
  destination: { identity: 16777217, labels: ['reserved:kube-apiserver', 'reserved:world'] },
  traffic_direction: 'EGRESS',
  is_reply: false,
  event_type: { type: 4 },
  node_name: 'c/n1',
};
const wrapped = { flow, node_name: 'c/n1', time: flow.time };
const line = 'hubble 1795687200123456789 pod:ml/train/train-0@10.0.0.1:40000 > apiserver://@1.2.3.4:443 TCP forwarded egress first no bytes';

describe('Hubble, in every wrapping', () => {
  test.each([
    ['wrapped', JSON.stringify(wrapped)],
    ['bare', JSON.stringify(flow)],
    ['a list on one line', JSON.stringify([wrapped])],
    ['a list over lines', JSON.stringify([wrapped], null, 2)],
    ['over lines', JSON.stringify(wrapped, null, 2)],
    ['behind a CRI prefix', `2026-11-26T10:00:00.1Z stdout F ${JSON.stringify(wrapped)}`],
    [
      'in two parts of CRI',
      `2026-11-26T10:00:00.1Z stdout P ${JSON.stringify(wrapped).slice(0, 50)}\n2026-11-26T10:00:00.1Z stdout F ${JSON.stringify(wrapped).slice(50)}`,
    ],
    ['in the JSON of a runtime', JSON.stringify({ log: `${JSON.stringify(wrapped)}\n`, stream: 'stdout', time: 'x' })],
    ['with a byte order mark and CRLF', `\ufeff${JSON.stringify(wrapped)}\r\n`],
  ])('%s', (_, text) => {
    for (const chunk of [1, 7, 100_000]) {
      const { flows, bad } = read(text, chunk);
      expect(bad).toEqual([]);
      expect(flows.map(told)).toEqual([line]);
    }
    expect(read(text).flows[0]?.source.labels).toBe('app=train');
  });

  test('a reply is turned round', () => {
    const reply = { ...flow, is_reply: true, IP: { source: '1.2.3.4', destination: '10.0.0.1' }, source: flow.destination, destination: client };
    const { flows } = read(JSON.stringify({ ...reply, l4: { TCP: { source_port: 443, destination_port: 40000, flags: { SYN: true, ACK: true } } } }));
    expect(flows.map(told)).toEqual([line.replace(' first', ' reply')]);
    expect(flows[0]?.connections).toBe(0);
  });

  test('both records of one drop are one, and a second try is another', () => {
    const drop = (type: number, second: number): string =>
      JSON.stringify({
        ...flow,
        is_reply: undefined,
        time: `2026-11-26T10:00:0${second}.1Z`,
        verdict: 'DROPPED',
        event_type: { type },
        drop_reason_desc: 'POLICY_DENIED',
        ...(type === 5 ? { egress_denied_by: [{ name: 'p', namespace: 'ml' }] } : {}),
      });
    const { flows, coverage } = read([drop(5, 0), drop(1, 0), drop(5, 2), drop(1, 2), drop(1, 8)].join('\n'));
    expect(flows).toHaveLength(3);
    expect(coverage).toMatchObject({ merged: 2, dropped: 3 });
    expect(flows[0]).toMatchObject({ reason: 'POLICY_DENIED', policies: 'ml/p', verdict: 'dropped', knowsInitiator: true });
  });

  test('lost events are counted, other records are let by, and what is broken is kept aside with its line', () => {
    const { flows, bad, coverage } = read(
      [
        '{"time":"2026-11-26T10:00:00Z","flow":{"ver',
        JSON.stringify(wrapped),
        '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"12"},"node_name":"c/n2"}',
        '{"node_status":{"state_change":"NODE_CONNECTED"},"node_name":"c/n1"}',
        '{"a":1}',
        JSON.stringify({ ...flow, time: 'yesterday' }),
        JSON.stringify({ ...flow, l4: { TCP: { source_port: 1, destination_port: 99999 } } }),
        'null',
        '{"time":"2026-11-26T10:00:00Z","verdict":"FORW',
      ].join('\n'),
    );
    expect(flows).toHaveLength(1);
    expect(coverage).toMatchObject({ flows: 1, lost: 12, others: 1, bad: 6, nodes: ['c/n1', 'c/n2'] });
    expect(bad.map((b) => [b.line, b.why])).toEqual([
      [1, 'no JSON'],
      [5, 'a JSON object of no known format'],
      [6, 'the time of the flow is none'],
      [7, 'a port of the flow is none'],
      [8, 'no object'],
      [9, 'no JSON'],
    ]);
  });

  test.each([
    [['reserved:world-ipv4'], 'outside'],
    [['reserved:host', 'reserved:remote-node'], 'node'],
    [['reserved:unknown'], 'unknown'],
    [['cidr:1.2.3.4/32', 'reserved:world'], 'outside'],
  ])('labels %j are %s', (labels, kind) => {
    expect(read(JSON.stringify({ ...flow, destination: { labels } })).flows[0]?.destination.kind).toBe(kind);
  });

  test('a DNS query has its name', () => {
    const query = { ...flow, Type: 'L7', l7: { type: 'REQUEST', dns: { query: 'Api.Example.COM.', qtypes: ['A'] } }, event_type: { type: 129 } };
    expect(read(JSON.stringify(query)).flows[0]).toMatchObject({ dnsQuery: 'api.example.com', dnsTypes: 'A', isLayer7: true, connections: 0 });
  });
});

describe('other formats', () => {
  test.each<[string, string, string[]]>([
    [
      'Goldmane, names of the proto',
      JSON.stringify({
        id: 1,
        flow: {
          Key: {
            ...{ source_name: 'train-*', source_namespace: 'ml', source_type: 'WorkloadEndpoint', dest_name: 'pub', dest_namespace: '-', dest_type: 'Network' },
            ...{ dest_port: '443', proto: 'tcp', reporter: 'Src', action: 'Allow' },
          },
          ...{ start_time: '1795687200', end_time: '1795687215', source_labels: ['app=train'], bytes_in: '10', bytes_out: '20', num_connections_started: '2' },
        },
      }),
      ['goldmane 1795687200000000000 pod:ml/train/@:0 > outside://@:443 TCP forwarded egress first 20/10'],
    ],
    [
      'Goldmane, camel case, seen at the destination',
      JSON.stringify({
        Key: {
          sourceName: 'a',
          sourceNamespace: 'ml',
          sourceType: 1,
          destName: 'b',
          destNamespace: 'x',
          destType: 1,
          destPort: 80,
          proto: 'tcp',
          reporter: 'Dst',
          action: 2,
        },
        startTime: 1795687200,
        bytesIn: 10,
      }),
      ['goldmane 1795687200000000000 pod:ml//a@:0 > pod:x//b@:80 TCP dropped ingress first 10/0'],
    ],
    [
      'flow logs of Calico',
      JSON.stringify({
        ...{ start_time: 1795687200, source_ip: '10.0.0.1', source_name: '-', source_name_aggr: 'train-*', source_namespace: 'ml', source_type: 'wep' },
        ...{ dest_ip: '1.2.3.4', dest_name: '-', dest_name_aggr: 'pub', dest_namespace: '-', dest_type: 'net', dest_port: 443, proto: 'tcp' },
        ...{ action: 'deny', reporter: 'src', policies: { all_policies: ['0|default|ml/default.p|deny|0'] }, bytes_in: 0, bytes_out: 60, num_flows_started: 1 },
      }),
      ['calico 1795687200000000000 pod:ml/train/@10.0.0.1:0 > outside://@1.2.3.4:443 TCP dropped egress first 60/0'],
    ],
    [
      'AWS, version 2 without a header',
      '2 123456789010 eni-1 10.0.0.1 1.2.3.4 40000 443 6 20 4249 1795687200 1795687260 ACCEPT OK',
      ['aws-vpc 1795687200000000000 unknown://@10.0.0.1:40000 > unknown://@1.2.3.4:443 TCP forwarded - first 4249/0'],
    ],
    [
      'AWS, fields of one’s own, the answer of a server, no data, skipped data',
      [
        'interface-id pkt-srcaddr pkt-dstaddr srcaddr dstaddr srcport dstport protocol bytes start end action tcp-flags flow-direction log-status',
        'eni-1 1.2.3.4 10.0.0.1 1.2.3.4 10.0.9.9 443 40000 6 900 1795687200 1795687260 ACCEPT 18 ingress OK',
        'eni-1 - - - - - - - - 1795687200 1795687260 - - - NODATA',
        'eni-1 - - - - - - - - 1795687200 1795687260 - - - SKIPDATA',
      ].join('\n'),
      ['aws-vpc 1795687200000000000 unknown://@10.0.0.1:40000 > unknown://@1.2.3.4:443 TCP forwarded egress reply 0/900'],
    ],
    [
      'Google Cloud',
      JSON.stringify({
        timestamp: '2026-11-26T10:00:05Z',
        jsonPayload: {
          connection: { src_ip: '10.0.0.1', src_port: 40000, dest_ip: '1.2.3.4', dest_port: 443, protocol: 6 },
          ...{ start_time: '2026-11-26T10:00:00Z', end_time: '2026-11-26T10:00:05Z', bytes_sent: '700', reporter: 'SRC', dest_location: { country: 'usa' } },
          src_gke_details: { pod: { pod_name: 'train-0', pod_namespace: 'ml', pod_workload: { workload_name: 'train' } } },
        },
      }),
      ['gcp-vpc 1795687200000000000 pod:ml/train/train-0@10.0.0.1:40000 > outside://@1.2.3.4:443 TCP forwarded egress first 700/0'],
    ],
    [
      'a firewall of Google Cloud',
      JSON.stringify({
        timestamp: '2026-11-26T10:00:00Z',
        jsonPayload: {
          connection: { src_ip: '10.0.0.1', src_port: 443, dest_ip: '1.2.3.4', dest_port: 50000, protocol: 6 },
          disposition: 'DENIED',
          rule_details: { direction: 'EGRESS' },
        },
      }),
      ['gcp-vpc 1795687200000000000 unknown://@10.0.0.1:443 > unknown://@1.2.3.4:50000 TCP dropped egress first no bytes'],
    ],
    [
      'Azure, a security group, both versions',
      JSON.stringify({
        records: [
          {
            macAddress: '00',
            properties: {
              Version: 2,
              flows: [
                {
                  rule: 'DenyAll',
                  flows: [
                    { mac: '0', flowTuples: ['1795687200,10.0.0.1,1.2.3.4,40000,443,T,O,D', '1795687200,10.0.0.1,1.2.3.4,40000,443,T,O,A,E,5,500,4,400'] },
                  ],
                },
              ],
            },
          },
        ],
      }),
      [
        'azure 1795687200000000000 unknown://@10.0.0.1:40000 > unknown://@1.2.3.4:443 TCP dropped egress first no bytes',
        'azure 1795687200000000000 unknown://@10.0.0.1:40000 > unknown://@1.2.3.4:443 TCP forwarded egress first 500/400',
      ],
    ],
    [
      'Azure, a virtual network',
      JSON.stringify(
        { records: [{ flowRecords: { flows: [{ flowGroups: [{ rule: 'r', flowTuples: ['1795687200123,10.0.0.1,1.2.3.4,40000,443,6,I,B,NX,0,0,0,0'] }] }] } }] },
        null,
        1,
      ),
      ['azure 1795687200123000000 unknown://@10.0.0.1:40000 > unknown://@1.2.3.4:443 TCP forwarded ingress first 0/0'],
    ],
    [
      'conntrack: behind a Service the pod that answers, and nobody who answers',
      [
        'tcp      6 431999 ESTABLISHED src=10.0.0.1 dst=10.96.0.5 sport=40000 dport=443 packets=1 bytes=60 src=10.0.0.7 dst=10.0.0.1 sport=8443 dport=40000 packets=1 bytes=52 [ASSURED] mark=0 use=1',
        '[1795687200.000001]	    [NEW] udp      17 30 src=10.0.0.1 dst=8.8.8.8 sport=40000 dport=53 [UNREPLIED] src=8.8.8.8 dst=10.0.0.1 sport=53 dport=40000',
      ].join('\n'),
      [
        'conntrack 1800000000000000000 unknown://@10.0.0.1:40000 > unknown://@10.0.0.7:8443 TCP forwarded - first 60/52',
        'conntrack 1795687200000001000 unknown://@10.0.0.1:40000 > unknown://@8.8.8.8:53 UDP unknown - first no bytes',
      ],
    ],
    [
      'CSV, in the words of others and with quotes',
      'ts,src,dst,dport,proto,action,bytes,source_workload,source_namespace\n1795687200,10.0.0.1,1.2.3.4,443,tcp,"ALLOW",77,"tr""ain",ml',
      ['csv 1795687200000000000 pod:ml/tr"ain/@10.0.0.1:0 > unknown://@1.2.3.4:443 TCP forwarded - first 77/0'],
    ],
  ])('%s', (_, text, expected) => {
    const { flows, bad } = read(text);
    expect(bad).toEqual([]);
    expect(flows.map(told)).toEqual(expected);
  });

  test.each([
    [
      'a line of AWS that is cut',
      '2 1 eni-1 10.0.0.1 1.2.3.4 40000 443 6 20 4249 1795687200 1795687260 ACCEPT OK\n2 1 eni-1 10.0.0.1 1.2.3.4',
      '5 fields where the header has 14',
    ],
    ['an address that is none', '2 1 eni-1 10.0.0.1 1.2.3.400 40000 443 6 20 4249 1795687200 1795687260 ACCEPT OK', 'an address is none'],
    ['CSV with an open quote', 'time,destination_ip,verdict\n1795687200,1.2.3.4,"x', 'a quote is not closed'],
    ['text of any kind', 'hello', 'no flow, and no header of any'],
    ['a document that ends early', '[\n{"time": "2026-11-26T10:00:00Z", "verdict": "FORWARDED"},\n{"time": "2026', 'the last object breaks off'],
  ])('%s is bad', (_, text, why) => {
    expect(read(text).bad.map((b) => b.why)).toEqual([why]);
  });
});

test('clocks that jump are told of', () => {
  const at = (time: string): string => JSON.stringify({ ...flow, time });
  const { coverage } = read([at('2026-11-26T10:00:00Z'), at('2026-11-26T09:50:00Z'), at('2099-01-01T00:00:00Z')].join('\n'));
  expect(coverage).toMatchObject({ clockBack: 1, clockAhead: 1, flows: 3 });
});
