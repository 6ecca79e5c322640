import type { Command, Option } from './command.ts';
import { optionsOf } from './parse.ts';
import { firstWords, groupOf, memberWord } from './verbs.ts';

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

/** Groups of verbs of two words: `iam` with `verify` and `diff`. */
function groupsOf(commands: readonly Command[]): readonly { readonly group: string; readonly members: readonly Command[] }[] {
  const groups = [...new Set(commands.map(groupOf))].filter((group) => group !== null);
  return groups.map((group) => ({ group, members: commands.filter((c) => groupOf(c) === group) }));
}

function bash(commands: readonly Command[]): string {
  const names = [...firstWords(commands), 'help'].join(' ');
  const cases = commands.map((c) => {
    const values = optionsOf(c)
      .filter((o) => o.choices !== undefined)
      .map((o) => `        ${flagsOf(o).join('|')}) COMPREPLY=($(compgen -W '${o.choices?.join(' ')}' -- "$word")); return ;;`);
    const operands = c.operands?.choices === undefined ? [] : [`      COMPREPLY=($(compgen -W '${c.operands.choices.join(' ')}' -- "$word"))`];
    return [
      `    '${c.name}')`,
      ...(values.length > 0 ? ['      case "$previous" in', ...values, '      esac'] : []),
      `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${optionsOf(c).flatMap(flagsOf).join(' ')}' -- "$word")); return; fi`,
      ...operands,
      '      ;;',
    ].join('\n');
  });
  const groups = groupsOf(commands).map(({ group, members }) =>
    [
      `    ${group})`,
      `      if [[ $COMP_CWORD -eq $((at + 1)) ]]; then COMPREPLY=($(compgen -W '${members.map(memberWord).join(' ')}' -- "$word")); return; fi`,
      `      verb="$verb \${COMP_WORDS[at+1]}" ;;`,
    ].join('\n'),
  );
  return `# ringfence completion for bash
_ringfence() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at=1
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W '${names} --help --version' -- "$word")); return; fi
  if [[ \${COMP_WORDS[1]} == help ]]; then
    if [[ $COMP_CWORD -eq 2 ]]; then COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')}' -- "$word")); return; fi
    at=2
  fi
  local verb=\${COMP_WORDS[at]}
${groups.length === 0 ? '' : `  case "$verb" in\n${groups.join('\n')}\n  esac\n`}  if [[ $at -eq 2 ]]; then return; fi
  case "$verb" in
${cases.join('\n')}
  esac
}
complete -o default -F _ringfence ringfence
`;
}

function zsh(commands: readonly Command[]): string {
  const groups = groupsOf(commands);
  const described = (word: string, summary: string): string => `    ${quoted(`${word}:${summary}`)}`;
  const verbs = firstWords(commands).map((word) => {
    const single = commands.find((c) => c.name === word);
    return described(word, single?.summary ?? groupSummary(groups.find(({ group }) => group === word)?.members ?? []));
  });
  const cases = commands.map((c) => {
    const options = optionsOf(c).map((o) => `        ${zshOption(o)}`);
    const operands =
      c.operands === null
        ? []
        : [`        ${quoted(c.operands.choices === undefined ? `*:${c.operands.name}:_files` : `*:${c.operands.name}:(${c.operands.choices.join(' ')})`)}`];
    return `    ${quoted(c.name)})\n      _arguments \\\n${[...options, ...operands].join(' \\\n')}\n      ;;`;
  });
  const members = groups.map(
    ({ group, members: of }) => `    ${group})
      local -a members
      members=(
${of.map((c) => described(memberWord(c), c.summary)).join('\n')}
      )
      if (( CURRENT == 2 )); then _describe 'verb' members; return; fi
      verb="$verb \${words[2]}"
      shift words
      (( CURRENT-- ))
      ;;`,
  );
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
${members.length === 0 ? '' : `  case $verb in\n${members.join('\n')}\n  esac\n`}  case $verb in
${cases.join('\n')}
    help) _describe 'verb' verbs ;;
  esac
}
if [[ "\${funcstack[1]}" == _ringfence ]]; then _ringfence "$@"; else compdef _ringfence ringfence; fi
`;
}

/** What a group is for, in the words of its verbs. */
function groupSummary(members: readonly Command[]): string {
  return members.map(memberWord).join(', ');
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
  const lines = [
    '# ringfence completion for fish',
    '# True where the verb so far is the one given: no word of it may be taken from elsewhere, as `verify` is a verb and the end of another.',
    'function __ringfence_verb',
    '  set -l words (commandline -opc)[2..]',
    '  for i in (seq (count $argv)); test "$words[$i]" = "$argv[$i]"; or return 1; end',
    'end',
  ];
  for (const c of commands.filter((one) => groupOf(one) === null))
    lines.push(`complete -c ringfence -n __fish_use_subcommand -f -a ${c.name} -d ${quoted(c.summary)}`);
  for (const { group, members } of groupsOf(commands)) {
    lines.push(`complete -c ringfence -n __fish_use_subcommand -f -a ${group} -d ${quoted(groupSummary(members))}`);
    const alone = quoted(`__ringfence_verb ${group}; and test (count (commandline -opc)) -eq 2`);
    for (const c of members) lines.push(`complete -c ringfence -n ${alone} -f -a ${memberWord(c)} -d ${quoted(c.summary)}`);
  }
  lines.push("complete -c ringfence -n __fish_use_subcommand -f -a help -d 'show help for a verb'");
  for (const c of commands) {
    const when = quoted(`__ringfence_verb ${c.name}`);
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
