import type { Command, Option } from './command.ts';
import { optionsOf } from './parse.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** A completion script made from the command descriptors: nothing in it is kept by hand. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

function flagsOf(option: Option): string[] {
  return [`--${option.name}`, ...(option.short === undefined ? [] : [`-${option.short}`])];
}

function bash(commands: readonly Command[]): string {
  const names = [...commands.map((c) => c.name), 'help'].join(' ');
  const cases = commands.map((c) => {
    const values = optionsOf(c)
      .filter((o) => o.choices !== undefined)
      .map((o) => `        ${flagsOf(o).join('|')}) COMPREPLY=($(compgen -W '${o.choices?.join(' ')}' -- "$word")); return ;;`);
    const operands = c.operands?.choices === undefined ? [] : [`      COMPREPLY=($(compgen -W '${c.operands.choices.join(' ')}' -- "$word"))`];
    return [
      `    ${c.name})`,
      ...(values.length > 0 ? ['      case "$previous" in', ...values, '      esac'] : []),
      `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${optionsOf(c).flatMap(flagsOf).join(' ')}' -- "$word")); return; fi`,
      ...operands,
      '      ;;',
    ].join('\n');
  });
  return `# ringfence completion for bash
_ringfence() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W '${names} --help --version' -- "$word")); return; fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    help) COMPREPLY=($(compgen -W '${commands.map((c) => c.name).join(' ')}' -- "$word")) ;;
  esac
}
complete -o default -F _ringfence ringfence
`;
}

function zsh(commands: readonly Command[]): string {
  const verbs = commands.map((c) => `    ${quoted(`${c.name}:${c.summary}`)}`);
  const cases = commands.map((c) => {
    const options = optionsOf(c).map((o) => `        ${zshOption(o)}`);
    const operands =
      c.operands === null
        ? []
        : [`        ${quoted(c.operands.choices === undefined ? `*:${c.operands.name}:_files` : `*:${c.operands.name}:(${c.operands.choices.join(' ')})`)}`];
    return `    ${c.name})\n      _arguments \\\n${[...options, ...operands].join(' \\\n')}\n      ;;`;
  });
  return `#compdef ringfence
_ringfence() {
  local -a verbs
  verbs=(
${verbs.join('\n')}
    'help:show help for a verb'
  )
  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi
  local verb=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
    help) _describe 'verb' verbs ;;
  esac
}
if [[ "\${funcstack[1]}" == _ringfence ]]; then _ringfence "$@"; else compdef _ringfence ringfence; fi
`;
}

function zshOption(option: Option): string {
  const meaning = option.help.replace(/[[\]:\\]/g, ' ').replace(/ +/g, ' ');
  const action =
    option.value === undefined
      ? ''
      : `:${option.value}:${option.choices !== undefined ? `(${option.choices.join(' ')})` : option.completes === undefined ? ' ' : '_files'}`;
  const many = option.repeats === true ? '*' : '';
  return flagsOf(option)
    .map((flag) => quoted(`${many}${flag}[${meaning}]${action}`))
    .join(' ');
}

function fish(commands: readonly Command[]): string {
  const lines = ['# ringfence completion for fish'];
  for (const c of commands) lines.push(`complete -c ringfence -n __fish_use_subcommand -f -a ${c.name} -d ${quoted(c.summary)}`);
  lines.push("complete -c ringfence -n __fish_use_subcommand -f -a help -d 'show help for a verb'");
  for (const c of commands) {
    const when = quoted(`__fish_seen_subcommand_from ${c.name}`);
    for (const o of optionsOf(c)) {
      const short = o.short === undefined ? '' : ` -s ${o.short}`;
      const values =
        o.value === undefined ? '' : o.choices !== undefined ? ` -x -a ${quoted(o.choices.join(' '))}` : o.completes === undefined ? ' -x' : ' -r -F';
      lines.push(`complete -c ringfence -n ${when} -l ${o.name}${short}${values} -d ${quoted(o.help)}`);
    }
    if (c.operands?.choices !== undefined) lines.push(`complete -c ringfence -n ${when} -f -a ${quoted(c.operands.choices.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A word in single quotes. Texts come from the descriptors, which hold no user input. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
