import { isCut, type Placed, torchWordsOf } from '../../frameworks/command-line.ts';
import { settingOf } from '../../frameworks/settings.ts';
import type { Origin } from '../../kernel/origin.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Container, inContainer, type Workload, whyWithoutValue } from '../../model/workload.ts';
import { awaitedIn } from './awaited-places.ts';
import { commandTexts } from './command-texts.ts';
import { expanded, longestText } from './expanded-text.ts';
import { holdsPlace, hostAndPort, hostOf, plainHosts } from './plain-hosts.ts';
import { meetingsElsewhere } from './rendezvous-hosts.ts';
import { stayingOff } from './staying-off.ts';

/** Ports that URLs leave out. Sources: IANA, URI Schemes and Service Name registries; documentation of PostgreSQL, MySQL, Redis, MongoDB, Kafka, NATS, Ray, ClickHouse; Hadoop, fs.defaultFS and dfs.namenode.http-address. */
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
  ['ssh', 22],
  ['sftp', 22],
  ['git', 9418],
  ['ldap', 389],
  ['ldaps', 636],
  ['nfs', 2049],
  ['postgresql', 5432],
  ['postgres', 5432],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['redis', 6379],
  ['rediss', 6379],
  ['mongodb', 27017],
  ['amqp', 5672],
  ['amqps', 5671],
  ['kafka', 9092],
  ['nats', 4222],
  ['ray', 10001],
  ['hdfs', 8020],
  ['webhdfs', 9870],
  ['etcd', 2379],
  ['abfs', 80],
  ['abfss', 443],
  ['wasb', 80],
  ['wasbs', 443],
]);

/** Schemes that lead nowhere: files, memory, and what the launcher itself sets. `pvc` is a volume that is mounted. */
const local: readonly string[] = ['file', 'local', 'unix', 'env', 'memory', 'mem', 'data', 'pvc', 'about', 'inproc'];

/** Variables by which launchers and operators give a pod its peers, or itself: the passages of the frameworks say what goes there, and `rendezvous-hosts` where it is elsewhere. */
const peers: readonly string[] = [
  'MASTER_ADDR',
  'MASTER_IP',
  'PET_MASTER_ADDR',
  'PET_RDZV_ENDPOINT',
  'RAY_IP',
  'FQ_RAY_IP',
  'RAY_ADDRESS',
  'JAX_COORDINATOR_ADDRESS',
  'COORDINATOR_ADDRESS',
  'DMLC_TRACKER_URI',
  'DASK_SCHEDULER_ADDRESS',
  'POD_IP',
  'HOSTNAME',
];

const startOfUrl = /\b([a-z][a-z0-9+.-]{1,30}):\/\/([^\s/?#"'`<>\\]{0,400})/gi;

/** A destination that a container of a job carries. `host` is null where the manifest does not tell it: `why` says so. */
export interface Named {
  readonly scheme: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly why: string;
  /** What it is called where the host is not known. */
  readonly called: string;
  readonly member: Workload;
  readonly container: Container;
  readonly where: string;
  readonly origin: Origin;
  /** What tells the container to stay off it, as far as that goes: whether it asks there nobody can tell. */
  readonly unless?: string;
}

type Found = Pick<Named, 'scheme' | 'host' | 'port' | 'why' | 'called'>;

/** What the variables and command lines of all containers of a job name, init containers and sidecars included. */
export function* carriedBy(snapshot: Snapshot, job: TrainingJob): Generator<Named> {
  for (const member of job.members) {
    yield* toldTo(member);
    for (const container of member.pod.containers) {
      const sort = container.sort === 'init' ? 'init container' : container.sort === 'sidecar' ? 'sidecar' : 'container';
      const of = `${sort} ${container.name}`;
      for (const [name, value] of Object.entries(container.env)) {
        const off = stayingOff(container, name);
        if (off?.whole === true) continue;
        const unless = off === null ? {} : { unless: off.setting };
        const at = { member, container, where: `${name} of ${of}`, origin: inContainer(member, container, 'env'), ...unless };
        if (value !== null) for (const found of namedIn(name, value, container, at.where)) yield { ...found, ...at };
        else if (isPlace(name, container))
          yield { ...unknown(`$${name}`, `the value of ${name} of ${of} ${whyWithoutValue(container, name)}: what it names is not known`), ...at };
      }
      const step = container.args.length > 0 ? 'args' : 'command';
      const at = { member, container, where: `the ${step} of ${of}`, origin: inContainer(member, container, step) };
      for (const { text, sentence } of commandTexts(container))
        for (const found of urlsIn(text, container, at.where)) yield { ...found, ...at, ...(sentence ? { unless: 'words that may only tell of it' } : {}) };
      for (const { host, port } of awaitedIn(container)) for (const found of awaitedOf(host, port)) yield { ...found, ...at };
      for (const found of etcdOf({ member, container })) yield { ...found, ...at };
      for (const { host, port, shown } of meetingsElsewhere(snapshot, job, { member, container }))
        yield { scheme: '', host, port, called: host, why: '', ...at, where: shown };
      if (isCut(container)) yield { ...unread(at.where), ...at };
    }
  }
}

/** Whether a variable whose value is not in sight names a place: by its name, and where a field of the pod is its value, only if it is no address of the pod's own. */
function isPlace(name: string, { valueFrom }: Container): boolean {
  if (/_(?:URL|URI|ENDPOINT)(?:_[A-Z0-9]{1,20})?$/i.test(name.slice(-60))) return true;
  return Object.hasOwn(valueFrom, name) && (peers.includes(name) || holdsPlace(name));
}

/** What the object of a sort of pod names outside of the pod template; words with a colon between are variables, as YAML and JSON write them. */
function* toldTo(member: Workload): Generator<Named> {
  const [container] = member.pod.containers;
  if (container === undefined) return;
  for (const { field, text, origin } of member.told ?? []) {
    const at = { member, container, where: `${field} of ${member.kind} ${member.name}`, origin };
    for (const found of urlsIn(text, container, at.where)) yield { ...found, ...at };
    const set = text.slice(0, longestText).matchAll(/([A-Z][A-Z0-9_]{0,99})["']?[:=] {0,9}["']?([\w.:,[\]-]{1,999})/gi);
    for (const [, name = '', value = ''] of set) for (const found of hostsIn(name, value, container)) yield { ...found, ...at };
  }
}

/** Where torchrun meets through etcd: every pod dials its endpoint. Source: pytorch torch/distributed/elastic/rendezvous/{etcd_rendezvous,etcd_rendezvous_backend}.py. */
function etcdOf(placed: Placed): readonly Found[] {
  const said = (option: string, variable: string) => settingOf(placed, { options: [option], words: torchWordsOf, variables: [variable] });
  if (placed.container.sort !== 'container' || said('rdzv-backend', 'PET_RDZV_BACKEND')?.text?.startsWith('etcd') !== true) return [];
  const endpoint = said('rdzv-endpoint', 'PET_RDZV_ENDPOINT');
  const match = hostAndPort.exec(endpoint?.text ?? '');
  if (match === null) return [unknown('etcd://', `torchrun meets through etcd, and its endpoint cannot be read off the manifest`)];
  return [...urlOf('etcd', match[0])];
}

/** A place that a tool is told by words. Places that launchers give are passages of the frameworks. */
function awaitedOf(host: string, port: string): readonly Found[] {
  if (peers.includes(variableOf(host) ?? '')) return [];
  const match = hostAndPort.exec(host);
  if (match === null || match[2] !== undefined || !/^\d{1,5}$/.test(port)) {
    const called = `${host.slice(0, 253)}:${port.slice(0, 20)}`;
    return [unknown(called, `${called} is put together where it runs, so it is not in the manifest`)];
  }
  return [{ scheme: '', host: hostOf(match), port: Number(port), called: host, why: '' }];
}

/** The variable that a text begins with. */
function variableOf(text: string): string | undefined {
  return /^\$[({]?([A-Za-z_][A-Za-z0-9_]{0,99})/.exec(text)?.[1];
}

function unknown(called: string, why: string): Found {
  return { scheme: '', host: null, port: null, called, why };
}

function unread(where: string): Found {
  return unknown(`the rest of ${where}`, `${where} is longer than what is read: what it names further on is not known`);
}

function* namedIn(name: string, value: string, container: Container, where: string): Generator<Found> {
  yield* urlsIn(value, container, where);
  yield* hostsIn(name, expanded(value.slice(0, longestText), container), container);
}

function* hostsIn(name: string, value: string, container: Container): Generator<Found> {
  if (peers.includes(name)) return;
  for (const { host, port } of plainHosts(name, value, container)) yield { scheme: '', host, port, called: host, why: '' };
}

function* urlsIn(text: string, container: Container, where: string): Generator<Found> {
  const whole = expanded(text.slice(0, longestText), container);
  for (const [, scheme = '', authority = ''] of whole.slice(0, longestText).matchAll(startOfUrl)) {
    const kind = schemeOf(scheme.toLowerCase());
    // HF_ENDPOINT stands for the hub, and is asked about for itself. Source: huggingface_hub documentation, Environment variables.
    if (local.includes(kind) || (kind === 'hf' && (Object.hasOwn(container.env, 'HF_ENDPOINT') || stayingOff(container, 'HF_ENDPOINT')?.whole === true)))
      continue;
    for (const part of authority.slice(authority.lastIndexOf('@') + 1).split(',')) yield* urlOf(kind, part);
  }
  if (whole.length > longestText || text.length > longestText) yield unread(where);
}

/** `postgresql+psycopg2` is postgresql, `git+https` is https. */
function schemeOf(scheme: string): string {
  return [...scheme.split('+')].reverse().find((s) => defaultPorts.has(s)) ?? scheme;
}

function* urlOf(scheme: string, part: string): Generator<Found> {
  const called = `${scheme}://${part.length > 253 ? '…' : part}`;
  if (scheme === 'hf') return yield { scheme: 'https', host: 'huggingface.co', port: 443, called, why: '' };
  const match = hostAndPort.exec(part.replace(/[).;\]}]{1,4}$/, (end) => (part.startsWith('[') && end === ']' ? end : '')));
  if (match === null) {
    if (peers.includes(variableOf(part) ?? '')) return;
    const why = part === '' ? `${called} names no host` : `the host of ${called} is put together where it runs, so it is not in the manifest`;
    return yield unknown(called, why);
  }
  const host = hostOf(match);
  const port = match[2] === undefined ? (defaultPorts.get(scheme) ?? null) : Number(match[2]);
  yield { scheme, host, port, called, why: '' };
}
