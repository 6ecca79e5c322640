// npm run lab:tunnels: runs dns2tcp and iodine in two network namespaces with no way outside, sends 60,000 random bytes through each, and records the DNS
// queries that they made, as lab/tunnels/recorded/NAME.csv.gz. Needs root, and Debian's dns2tcp and iodine. Bounded: two minutes a tunnel.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const bytes = 60_000;
const domain = 't.exfil-test.net';
const missing = ['/usr/bin/dns2tcpc', '/usr/bin/dns2tcpd', '/usr/sbin/iodine', '/usr/sbin/iodined'].filter((path) => !existsSync(path));
if (missing.length > 0 || process.getuid?.() !== 0) {
  console.log(`not recorded: ${missing.length > 0 ? `${missing.join(', ')} are missing` : 'network namespaces take root'}`);
  process.exit(0);
}

const [client, server] = [`rf-client-${process.pid}`, `rf-server-${process.pid}`];
const folder = mkdtempSync(join(tmpdir(), 'ringfence-tunnels-'));
const running = [];
const ip = (...args) => {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
};
function start(namespace, command, ...args) {
  const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (d) => (text += d));
  child.stderr.on('data', (d) => (text += d));
  running.push(child);
  return { child, said: () => text };
}
async function until(what, holds) {
  for (let i = 0; i < 1200; i++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: not within two minutes`);
}
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // A group of its own: `ip netns exec` may have children.
  process.kill(-child.pid, 'SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3000))]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
}

async function recordOne(name, port, startServer, startClient, target) {
  const file = join(folder, `${name}.csv`);
  const daemon = startServer();
  const relay = start(client, process.execPath, join(here, 'relay.mjs'), '10.98.0.1', String(port), file);
  await until('relay', () => relay.said().includes('ready'));
  const sink = start(server, process.execPath, join(here, 'sink.mjs'), target.listen, '9999', String(bytes));
  let tunnel;
  try {
    if (target.beforeSink !== true) await until('sink', () => sink.said().includes('ready'));
    tunnel = startClient();
    await until(`${name} up`, () => target.isUp(tunnel.said(), daemon.said()));
    const sender = start(client, process.execPath, join(here, 'send.mjs'), target.dial, target.port, String(bytes));
    await until(name, () => sink.said().includes('all'));
    await stop(sender.child);
  } catch (error) {
    throw new Error(`${error.message}\n${daemon.said()}\n${tunnel?.said() ?? ''}\n${sink.said()}`);
  } finally {
    for (const { child } of [tunnel, sink, daemon].filter((one) => one !== undefined)) await stop(child);
    await stop(relay.child);
  }
  const text = readFileSync(file, 'utf8');
  writeFileSync(join(here, 'recorded', `${name}.csv.gz`), gzipSync(text, { level: 9 }));
  console.log(`${name}: ${text.trimEnd().split('\n').length - 1} queries for ${bytes} bytes`);
}

try {
  mkdirSync(join(here, 'recorded'), { recursive: true });
  ip('netns', 'add', client);
  ip('netns', 'add', server);
  ip('link', 'add', 'rfc0', 'netns', client, 'type', 'veth', 'peer', 'name', 'rfs0', 'netns', server);
  for (const [ns, device, address] of [
    [client, 'rfc0', '10.98.0.2/24'],
    [server, 'rfs0', '10.98.0.1/24'],
  ]) {
    ip('-n', ns, 'link', 'set', 'lo', 'up');
    ip('-n', ns, 'addr', 'add', address, 'dev', device);
    ip('-n', ns, 'link', 'set', device, 'up');
  }
  writeFileSync(join(folder, 'dns2tcpd.conf'), `listen = 10.98.0.1\nport = 5300\nuser = nobody\nchroot = /tmp\ndomain = ${domain}\nresources = sink:127.0.0.1:9999\n`);
  await recordOne(
    'dns2tcp-txt',
    5300,
    () => start(server, 'dns2tcpd', '-F', '-d', '1', '-f', join(folder, 'dns2tcpd.conf')),
    () => start(client, 'dns2tcpc', '-z', domain, '-r', 'sink', '-l', '9998', '-d', '1', '127.0.0.1'),
    { listen: '127.0.0.1', dial: '127.0.0.1', port: '9998', isUp: (said) => said.includes('Listening') || said.includes('isten') },
  );
  for (const type of ['NULL', 'TXT'])
    await recordOne(
      `iodine-${type.toLowerCase()}`,
      5301,
      () => start(server, 'iodined', '-f', '-c', '-P', 'lab', '-p', '5301', '-l', '10.98.0.1', '10.99.0.1', domain),
      () => start(client, 'iodine', '-f', '-r', '-P', 'lab', '-T', type, '127.0.0.1', domain),
      { listen: '0.0.0.0', dial: '10.99.0.1', port: '9999', isUp: (said) => said.includes('Connection setup complete') },
    );
} finally {
  for (const child of running) await stop(child).catch(() => {});
  for (const ns of [client, server]) spawnSync('ip', ['netns', 'del', ns]);
  rmSync(folder, { recursive: true, force: true });
}
