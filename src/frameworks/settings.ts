import type { PortUse } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { type Container, whyWithoutValue } from '../model/workload.ts';
import { containersOf, isCut, type Placed, wordsOf } from './command-line.ts';

/** What a container says of something: a text, or null for what only the running pod knows. `shown` says where: `--master-port=29500 of container trainer`. */
export interface Setting {
  readonly text: string | null;
  readonly shown: string;
}

/** Where a setting may stand; the first that a container has counts. Options are written without dashes in front and with `-` between words. */
export interface Sought {
  readonly options?: readonly string[];
  /** The words of a container among which options count; all of its command line where it is not given. */
  readonly words?: (container: Container) => readonly string[];
  readonly variables?: readonly string[];
  readonly portNames?: readonly string[];
}

/** Any port at all: where a port is set to something that only the running pod knows, no narrower rule is safe. */
const anyPort: PortUse = { kind: 'range', low: 1, high: 65535 };

/** What each container of a job says; nothing for containers that say nothing. */
export function settingsIn(job: Pick<TrainingJob, 'members'>, sought: Sought): readonly Setting[] {
  return containersOf(job).flatMap((placed) => settingOf(placed, sought) ?? []);
}

/** Whether a container of the job has one of the options among such words of its command line, with or without a value. */
export function hasOption(job: TrainingJob, words: (container: Container) => readonly string[], ...options: readonly string[]): boolean {
  return containersOf(job).some(({ container }) => words(container).some((word) => options.includes(optionName(word) ?? '')));
}

/** What one container says. */
export function settingOf(placed: Placed, { options = [], words = wordsOf, variables = [], portNames = [] }: Sought): Setting | undefined {
  return optionOf(placed, options, words(placed.container)) ?? variableOf(placed, variables) ?? portNamed(placed, portNames) ?? hidden(placed, options);
}

function optionOf(placed: Placed, options: readonly string[], words: readonly string[]): Setting | undefined {
  const { container } = placed;
  for (const [i, word] of words.entries()) {
    if (!options.includes(optionName(word) ?? '')) continue;
    const equals = word.indexOf('=');
    const value = equals < 0 ? (words[i + 1] ?? '') : word.slice(equals + 1);
    return { text: resolved(placed, value), shown: `${equals < 0 ? word : word.slice(0, equals)}=${value} of container ${container.name}` };
  }
  return undefined;
}

/** What stands behind the part of a command line that is looked at may be anything. */
function hidden({ container }: Placed, options: readonly string[]): Setting | undefined {
  return options.length > 0 && isCut(container) ? { text: null, shown: `the command of container ${container.name}, which is too long to read` } : undefined;
}

function optionName(word: string): string | undefined {
  const dashes = /^-{1,2}(?=[A-Za-z])/.exec(word)?.[0].length;
  if (dashes === undefined) return undefined;
  const [name = ''] = word.slice(dashes).split('=', 1);
  return name.replaceAll('_', '-').toLowerCase();
}

function variableOf(placed: Placed, variables: readonly string[]): Setting | undefined {
  for (const name of variables) {
    const assigned = assignedIn(placed, [name]);
    const shown = `${name} of container ${placed.container.name}`;
    if (assigned !== undefined) return assigned;
    if (!Object.hasOwn(placed.container.env, name)) continue;
    const value = placed.container.env[name] ?? null;
    return value === null
      ? { text: null, shown: `${shown}, whose value ${whyWithoutValue(placed.container, name)}` }
      : { text: resolved(placed, value), shown: `${name}=${value} of container ${placed.container.name}` };
  }
  return undefined;
}

/** What a container's command line itself sets one of these variables to, whatever its environment says. */
export function assignedIn(placed: Placed, variables: readonly string[]): Setting | undefined {
  for (const name of variables) {
    const assigned = assignments(placed, name).at(-1);
    if (assigned !== undefined) return { text: resolved(placed, assigned), shown: `${name}=${assigned} in the command of container ${placed.container.name}` };
  }
  return undefined;
}

function portNamed({ member, container }: Placed, names: readonly string[]): Setting | undefined {
  const port = member.ports.find((p) => p.name !== null && names.includes(p.name));
  return port === undefined ? undefined : { text: String(port.port), shown: `port ${port.name} of the pods with container ${container.name}` };
}

function assignments({ container }: Placed, name: string): readonly string[] {
  return wordsOf(container)
    .filter((word) => word.startsWith(`${name}=`))
    .map((word) => word.slice(name.length + 1));
}

/** A value with the variables in it replaced, as far as the manifest says what they hold; null where it does not, or where a shell works it out. */
function resolved(placed: Placed, value: string, depth = 0): string | null {
  if (depth > 4) return null;
  let whole = true;
  const text = value.replaceAll(
    /\$\{?([A-Za-z_][A-Za-z0-9_]{0,99})\}?|\$\(([A-Za-z_][A-Za-z0-9_]{0,99})\)/g,
    (all, bare: string | undefined, braced: string | undefined) => {
      const name = bare ?? braced ?? '';
      const { env } = placed.container;
      const set = [...new Set(assignments(placed, name))];
      // A shell line that sets it to several things, or to another than the environment, may not have done so yet.
      const given = Object.hasOwn(env, name) ? [env[name] ?? null] : [];
      const [known = null, another] = new Set([...given, ...set]);
      if (another !== undefined) {
        whole = false;
        return all;
      }
      const inner = known === null || all === known ? null : resolved(placed, known, depth + 1);
      if (inner === null) whole = false;
      return inner ?? all;
    },
  );
  // The part of an endpoint that is known may still be of use: `${HOST}:29400`.
  return whole ? (text.includes('$') ? null : text) : (/:(\d{1,5})$/.exec(text)?.[0] ?? null);
}

/** Ports on which something listens, and what shows it. */
export interface Known {
  readonly ports: readonly PortUse[];
  readonly because: string;
}

/** The ports that settings name, all of them; the default where nothing says anything. A port that cannot be known is any port; 0 leaves the choice to the kernel. */
export function portsSaid(settings: readonly Setting[], otherwise: Known): Known {
  if (settings.length === 0) return otherwise;
  const uses = new Map(settings.map((s) => [JSON.stringify(useOf(s.text)), useOf(s.text)]));
  const open = settings.find((s) => useOf(s.text).kind === 'range');
  if (open !== undefined) return { ports: [anyPort], because: `${open.shown}: the port cannot be read off the manifest` };
  return { ports: [...uses.values()], because: [...new Set(settings.map((s) => s.shown))].slice(0, 3).join(', ') };
}

function useOf(text: string | null): PortUse {
  if (text === null || !/^\d{1,5}$/.test(text)) return anyPort;
  const port = Number(text);
  if (port > 65535) return anyPort;
  return port === 0 ? { kind: 'ephemeral' } : { kind: 'fixed', port };
}

/** The port of an endpoint, `host:port` or `[address]:port`; the default where it has none. */
export function portOfEndpoint(setting: Setting, otherwise: number): Setting {
  const { text } = setting;
  if (text === null) return setting;
  const inner = /^[^:[\]]{0,300}$/.test(text) ? '' : (/:([^:\]]{0,20})$/.exec(text)?.[1] ?? null);
  return inner === '' ? { ...setting, text: String(otherwise) } : { ...setting, text: inner };
}

/** A range of ports as programs take it: `50000-52000`, `50000:52000` or one port; null for anything else. */
export function rangeSaid(text: string | null): PortUse | null {
  const found = /^(\d{1,5})(?:[-:](\d{1,5}))?$/.exec(text ?? '');
  if (found === null) return null;
  const low = Number(found[1]);
  const high = found[2] === undefined ? low : Number(found[2]);
  if (low < 1 || low > high || high > 65535) return null;
  return low === high ? { kind: 'fixed', port: low } : { kind: 'range', low, high };
}

/** Ranges that settings name; any port where one cannot be read. */
export function rangesSaid(settings: readonly Setting[], otherwise: Known): Known {
  if (settings.length === 0) return otherwise;
  const ranges = settings.map((s) => rangeSaid(s.text));
  const known = ranges.filter((r) => r !== null);
  const because = settings.map((s) => s.shown).join(', ');
  return known.length === ranges.length ? { ports: known, because } : { ports: [anyPort], because: `${because}: the ports cannot be read` };
}
