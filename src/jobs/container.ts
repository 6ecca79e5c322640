import type { Path } from '../kernel/origin.ts';
import { plainMap } from '../kernel/plain-map.ts';
import { Reader, shown } from '../kernel/reader.ts';
import type { Container, ContainerPort, EnvSource, ValueSource } from '../model/workload.ts';

export type ContainerSort = Container['sort'];

/** One container, to which `path` leads from the pod spec. Requests default to limits, resource by resource. Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Pod. */
export function readContainer(at: Reader, sort: ContainerSort, path: Path): Container {
  const security = at.field('securityContext');
  const capabilities = security.field('capabilities');
  const limits = readQuantities(at.field('resources').field('limits'));
  at.expect('an object');
  return {
    name: at.field('name').string() ?? '',
    image: at.field('image').string() ?? '',
    sort,
    command: readTexts(at.field('command')),
    args: readTexts(at.field('args')),
    env: texts(
      at
        .field('env')
        .each()
        .map((e) => [e.field('name').string(), e.has('valueFrom') ? null : (e.field('value').string() ?? '')]),
    ),
    envFrom: at.field('envFrom').each().flatMap(readEnvSource),
    valueFrom: readValueSources(at),
    requests: texts([...Object.entries(limits), ...Object.entries(readQuantities(at.field('resources').field('requests')))]),
    claims: readClaimNames(at),
    limits,
    capabilities: { add: readTexts(capabilities.field('add')), drop: readTexts(capabilities.field('drop')) },
    privileged: security.field('privileged').boolean() ?? false,
    runAsUser: security.field('runAsUser').integer(0, Number.MAX_SAFE_INTEGER) ?? null,
    runAsNonRoot: security.field('runAsNonRoot').boolean() ?? null,
    allowPrivilegeEscalation: security.field('allowPrivilegeEscalation').boolean() ?? null,
    seccompProfile: security.field('seccompProfile').field('type').string() ?? null,
    probes: ['startup', 'liveness', 'readiness'].flatMap((name) => readProbe(at, name)),
    hostPorts: readHostPorts(at),
    path,
  };
}

const noClaims: readonly string[] = [];

/** Source: kubernetes/api core/v1 ResourceRequirements.claims. */
function readClaimNames(container: Reader): readonly string[] {
  const at = container.field('resources').field('claims');
  return at.absent ? noClaims : at.each().flatMap((claim) => claim.field('name').string() ?? []);
}

/** A probe that connects to the pod; one that runs in it, or names another host, does not. */
function readProbe(container: Reader, sort: string): Container['probes'] {
  const probe = new Reader(container.field(`${sort}Probe`).value, container, []);
  return ['httpGet', 'tcpSocket', 'grpc'].flatMap((how) => {
    const { value } = probe.field(how).field('port');
    if (probe.field(how).has('host') || (typeof value !== 'number' && typeof value !== 'string')) return [];
    return [{ sort, port: typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value }];
  });
}

const sources = [
  ['ConfigMap', 'configMap'],
  ['Secret', 'secret'],
] as const;

/** Keys of objects that variables take their values from; fields of the pod are none. Faults are told where `env` is read. */
function readValueSources(container: Reader): Container['valueFrom'] {
  const found = new Reader(container.field('env').value, container, []).each().flatMap((at): (readonly [string, ValueSource])[] => {
    const from = at.field('valueFrom');
    return sources.flatMap(([kind, field]) => {
      const ref = from.field(`${field}KeyRef`);
      const [variable, name, key] = [at.field('name').string(), ref.field('name').string() ?? '', ref.field('key').string() ?? ''];
      return variable === undefined || ref.absent ? [] : [[variable, { kind, name, key, optional: ref.field('optional').boolean() ?? false }] as const];
    });
  });
  return found.length === 0 ? noSources : Object.fromEntries(found);
}

const noSources: Container['valueFrom'] = {};

function readEnvSource(at: Reader): readonly EnvSource[] {
  const prefix = at.field('prefix').string() ?? '';
  return sources.flatMap(([kind, field]) => (at.has(`${field}Ref`) ? [{ kind, name: at.field(`${field}Ref`).field('name').string() ?? '', prefix }] : []));
}

/** Whatever stands there as a number; `readContainerPorts` reports the faults. */
function readHostPorts(container: Reader): readonly number[] {
  return new Reader(container.field('ports').value, container, [])
    .each()
    .map((port) => port.field('hostPort').value)
    .filter((port): port is number => typeof port === 'number' && port > 0);
}

/**
 * The ports a container declares. On the host network each is a port of the node too.
 * Source: kubernetes/kubernetes pkg/apis/core/validation validateContainerPorts; pkg/apis/core/v1/defaults.go defaultHostNetworkPorts.
 */
export function readContainerPorts(container: Reader, hostNetwork: boolean): readonly ContainerPort[] {
  const names = new Set<string>();
  return container
    .field('ports')
    .each()
    .flatMap((at): readonly ContainerPort[] => {
      if (!at.required('containerPort')) return [];
      const port = at.field('containerPort').integer(1, 65535);
      const hostPort = at.field('hostPort').integer(0, 65535) ?? 0;
      const name = readPortName(at.field('name'), names);
      const protocol = at.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) ?? 'TCP';
      if (port === undefined) return [];
      if (hostNetwork && hostPort !== 0 && hostPort !== port) {
        at.field('hostPort').error(
          'port-mismatch',
          `A pod on the host network has hostPort ${hostPort} and containerPort ${port}; they must be the same.`,
          'Leave hostPort out.',
        );
      }
      const onNode = hostPort === 0 ? (hostNetwork ? port : null) : hostPort;
      return [{ name, port, protocol, hostPort: onNode }];
    });
}

/** Source: kubernetes/apimachinery validation.IsValidPortName. */
export function readPortName(at: Reader, names: Set<string>): string | null {
  const name = at.string();
  if (name === undefined || name === '') return null;
  if (name.length > 15 || !/^[a-z0-9-]+$/.test(name) || !/[a-z]/.test(name) || /^-|--|-$/.test(name)) {
    at.error('bad-port-name', `${shown(name)} is no port name; expected at most 15 lower-case letters, digits and single "-", with a letter among them.`);
  } else if (names.has(name)) at.error('duplicate-port-name', `Two ports of this container are named ${shown(name)}.`, 'Give each its own name.');
  names.add(name);
  return name;
}

/** Quantities as text; YAML numbers are quantities too. Source: kubernetes/apimachinery resource.Quantity.UnmarshalJSON. */
export function readQuantities(at: Reader): Readonly<Record<string, string>> {
  if (!at.expect('an object')) return texts([]);
  return texts(
    at.keys().map((key) => {
      const member = at.field(key);
      if (typeof member.value === 'number' && Number.isFinite(member.value)) return [key, String(member.value)];
      if (member.absent) member.error('wrong-type', `${shown(key)} is nothing; expected a quantity such as 8, 500m or 16Gi.`);
      return [member.absent ? undefined : key, member.string() ?? ''];
    }),
  );
}

function readTexts(at: Reader): readonly string[] {
  return at.each().flatMap((item) => item.string() ?? []);
}

/** A map of text without a prototype, so that no key is special; later entries win; entries without a key are dropped. */
export function texts<T extends string | null>(entries: Iterable<readonly [string | undefined, T]>): Readonly<Record<string, T>> {
  const out = plainMap<T>();
  for (const [key, value] of entries) if (key !== undefined) out[key] = value;
  return out;
}
