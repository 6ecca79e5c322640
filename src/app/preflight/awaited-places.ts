import { commandLine } from '../../frameworks/command-line.ts';
import type { Container } from '../../model/workload.ts';
import { expanded } from './expanded-text.ts';

/** A place that a command line dials by a tool that takes host and port as words. What only the running pod knows stays as it is written: `${HOST}`. */
export interface Awaited {
  readonly host: string;
  readonly port: string;
}

/** Letters of nc's options that take a value, in any of its forms. Sources: netcat-openbsd nc.1; busybox networking/nc.c; nmap ncat. */
const ofNc = 'CGIMOPTVWXcegimopqswx';

/** Options of curl after which a word with a colon is no place. Source: curl docs/cmdline-opts. */
const noPlace: readonly string[] = [
  '-u',
  '--user',
  '-H',
  '--header',
  '-d',
  '--data',
  '--data-raw',
  '-A',
  '--user-agent',
  '-e',
  '--referer',
  '-o',
  '--output',
  '-U',
];

/**
 * Places that the shell of a container waits for or asks: `nc -z HOST PORT`, `wait-for-it HOST:PORT`, `curl HOST:PORT/path`, `/dev/tcp/HOST/PORT`. URLs are read
 * by themselves. A listening or UDP `nc` waits for nobody. Sources: vishnubob/wait-for-it, eficode/wait-for; bash manual, Redirections.
 */
export function awaitedIn(container: Container): readonly Awaited[] {
  const text = commandLine(container).replaceAll(/\$\(([A-Za-z_][A-Za-z0-9_]{0,99})\)/g, '${$1}');
  const commands = text.split(/\$\(|[;&|\n`()]/).map((command) => command.split(/[\s'"<>]+/).filter((word) => word !== ''));
  const env = assigned(commands, container);
  const known = (word: string): string => expanded(word.replaceAll(/\$([A-Za-z_][A-Za-z0-9_]{0,99})/g, '${$1}'), { env });
  return commands
    .flatMap((words) => words.flatMap((word, at) => dialled(word.slice(word.lastIndexOf('/') + 1), words.slice(at + 1)).concat(redirected(word))))
    .map(({ host, port }) => ({ host: known(host), port: known(port) }));
}

/** The environment with what the command line itself sets: a word that is set to several values has none that is known. */
function assigned(commands: readonly (readonly string[])[], { env }: Container): Container['env'] {
  const own = new Map<string, string | null>();
  for (const word of commands.flat()) {
    const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]{0,99})=(.{0,255})$/.exec(word) ?? [];
    if (name !== undefined) own.set(name, own.has(name) ? null : value);
  }
  return own.size === 0 ? env : Object.fromEntries([...Object.entries(env), ...own]);
}

function dialled(program: string, words: readonly string[]): readonly Awaited[] {
  switch (program) {
    case 'nc':
    case 'ncat':
    case 'netcat':
      return byNc(words);
    case 'wait-for-it':
    case 'wait-for-it.sh':
    case 'wait-for':
    case 'wait-for.sh':
      return byWaiting(words);
    case 'curl':
    case 'wget':
      return words.flatMap((word, i) => (noPlace.includes(words[i - 1] ?? '') ? [] : hostPort(word.replace(/[/?#].{0,9999}$/, ''))));
    default:
      return [];
  }
}

function byNc(words: readonly string[]): readonly Awaited[] {
  const said: string[] = [];
  for (let i = 0; i < words.length && said.length < 2; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-')) said.push(word);
    else if (/^-[A-Za-z0-9]/.test(word)) {
      const valued = [...word].findIndex((letter, n) => n > 0 && ofNc.includes(letter));
      if (/[lu]/.test(valued < 0 ? word : word.slice(0, valued))) return [];
      if (valued === word.length - 1) i++;
    } else if (word === '--listen' || word === '--udp') return [];
  }
  const [host, port] = said;
  return host === undefined || port === undefined ? [] : [{ host, port }];
}

function byWaiting(words: readonly string[]): readonly Awaited[] {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const after = (...options: readonly string[]): string | undefined =>
    own.flatMap((word, i) => {
      const option = options.find((o) => word === o || word.startsWith(`${o}=`));
      return option === undefined ? [] : [word === option ? (own[i + 1] ?? '') : word.slice(option.length + 1)];
    })[0];
  const [host, port] = [after('-h', '--host'), after('-p', '--port')];
  const place = own.find((word) => !word.startsWith('-') && word.includes(':'));
  return host !== undefined && port !== undefined ? [{ host, port }] : place === undefined || place.includes('://') ? [] : hostPort(place);
}

/** `host:port`, where both may be variables. */
function hostPort(word: string): readonly Awaited[] {
  const [, host = '', port = ''] = /^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_.${}-]{1,255}):(\d{1,5}|\$[A-Za-z0-9_{}]{1,102})$/.exec(word) ?? [];
  return host === '' ? [] : [{ host, port }];
}

function redirected(word: string): readonly Awaited[] {
  const [, host = '', port = ''] = /\/dev\/tcp\/([^/]{1,255})\/([^/]{1,102})$/.exec(word) ?? [];
  return host === '' ? [] : [{ host, port }];
}
