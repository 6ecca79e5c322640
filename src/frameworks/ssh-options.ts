/** What the options of a start of sshd or ssh say of its port. */
export interface SshSaid {
  /** As they are written, in order: `2233`, `${PORT}`. */
  readonly ports: readonly string[];
  /** The file that settings are taken from in place of the usual one. */
  readonly file: string | null;
}

/** Letters of options that take a value, and the one that names a file of settings. */
interface Options {
  readonly valued: string;
  readonly file: string;
}

/** Every port is listened at; those of the command line push aside those of the file only with `-p`. Source: openssh-portable sshd.c main; servconf.c, sPort and sListenAddress. */
export const sshdOptions: Options = { valued: 'CEbcfghkopu', file: 'f' };

/** The first port counts. Sources: openssh-portable ssh.c main; ssh_config.5, the first value obtained is used, and the command line comes first. */
export const sshOptions: Options = { valued: 'BDEFIJLOPQRSWbceilmopw', file: 'F' };

/**
 * Reads the options that come first among words, as getopt does: `-Dep 2233`, `-p2233`, `-o Port=2233`, `-oPort=2233`, `-o "Port 2233"`, of which quotes are
 * gone, and `-o ListenAddress=0.0.0.0:2233`.
 */
export function sshSaid(words: readonly string[], { valued, file }: Options): SshSaid {
  const ports: string[] = [];
  let from: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!/^-[A-Za-z0-9]/.test(word)) break;
    const at = [...word].findIndex((letter, n) => n > 0 && valued.includes(letter));
    if (at < 0) continue;
    const rest = word.slice(at + 1);
    const value = rest === '' ? (words[++i] ?? '') : rest;
    if (word[at] === 'p') ports.push(value);
    else if (word[at] === file) from = value;
    else if (word[at] === 'o') {
      const equals = value.indexOf('=');
      const setting = equals < 0 ? (words[++i] ?? '') : value.slice(equals + 1);
      ports.push(...portOf((equals < 0 ? value : value.slice(0, equals)).toLowerCase(), setting));
    }
  }
  return { ports, file: from };
}

function portOf(keyword: string, setting: string): readonly string[] {
  if (keyword === 'port') return [setting];
  const own = keyword === 'listenaddress' ? /^(?:\[[^\]]{0,99}\]|[^:[\]]{0,255}):([^:\]]{1,40})$/.exec(setting)?.[1] : undefined;
  return own === undefined ? [] : [own];
}
