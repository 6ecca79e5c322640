// Stands between a tunnel's client and its server, inside the client's network namespace, and writes what a DNS proxy sees: when, which name, which type.
// node relay.mjs SERVER PORT FILE
import { createSocket } from 'node:dgram';
import { createWriteStream } from 'node:fs';

const [server, port, file] = process.argv.slice(2);
const out = createWriteStream(file);
out.write('time,source_namespace,source_workload,destination_ip,destination_port,protocol,verdict,dns_query,dns_types\n');
/** Source: IANA DNS Parameters. */
const types = { 1: 'A', 2: 'NS', 5: 'CNAME', 10: 'NULL', 15: 'MX', 16: 'TXT', 25: 'KEY', 28: 'AAAA', 33: 'SRV', 65399: 'PRIVATE' };

/** Name and type of the first question. Bytes that are no letters are written as in zone files: \\DDD. Source: RFC 1035 §4.1.2, §5.1. */
function question(message) {
  let at = 12;
  const labels = [];
  while (at < message.length && message[at] !== 0) {
    const label = message.subarray(at + 1, at + 1 + message[at]);
    labels.push([...label].map((b) => (/[\w-]/.test(String.fromCharCode(b)) && b < 128 ? String.fromCharCode(b) : `\\${String(b).padStart(3, '0')}`)).join(''));
    at += 1 + message[at];
  }
  const type = message.readUInt16BE(at + 1);
  return { name: labels.join('.'), type: types[type] ?? `TYPE${type}` };
}

const front = createSocket('udp4');
const clients = new Map();
front.on('message', (message, from) => {
  const { name, type } = question(message);
  out.write(`${Date.now()},ai-training,notebook,10.98.0.1,53,UDP,forwarded,${name},${type}\n`);
  const key = `${from.address}:${from.port}`;
  let back = clients.get(key);
  if (back === undefined) {
    back = createSocket('udp4');
    back.on('message', (answer) => front.send(answer, from.port, from.address));
    clients.set(key, back);
  }
  back.send(message, Number(port), server);
});
front.bind(53, '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => out.end(() => process.exit(0)));
