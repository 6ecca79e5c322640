import { built, generatedNote } from './printing.mjs';

const questions = [
  ['cidrMatchesPods', 'Does a CIDR match the addresses of pods?'],
  ['cidrMatchesNodes', 'Does a CIDR match the addresses of nodes?'],
  ['hostNetworkAsNode', 'Is a hostNetwork pod seen as its node?'],
  ['ownNodeReachesPod', 'Is a pod always open to its own node?'],
  ['otherProtocolsByRule', 'Are ICMP and other protocols judged by the rules?'],
  ['egressAfterTranslation', 'Does an egress rule see the packet after Service translation?'],
];

/** The page of semantic profiles, from the profiles themselves. */
export async function profileFiles() {
  const { profiles } = await built('engine/profiles.js');
  const text = [
    '# Profiles',
    '',
    generatedNote('src/engine/profiles.ts'),
    '',
    'The same policy means different things under different CNIs, and under different versions of one. A profile says what one of them does where the APIs leave',
    'room; every verdict names the profile that it was made under. Choose one with `--profile`; without it a zone’s platform decides, and else `kubernetes`, the',
    'strict reading in which everything that implementations differ in is *unknown*. Unknown is never yes.',
    '',
    `| | ${profiles.map((profile) => `\`${profile.id}\``).join(' | ')} |`,
    `| --- | ${profiles.map(() => '---').join(' | ')} |`,
    ...questions
      .filter(([key]) => profiles.every((profile) => Object.hasOwn(profile, key)))
      .map(([key, question]) => `| ${question} | ${profiles.map((profile) => profile[key]).join(' | ')} |`),
    `| Policy languages that it enforces | ${profiles.map((profile) => profile.enforces.join(', ')).join(' | ')} |`,
    `| Policies in other languages | ${profiles.map((profile) => (profile.foreignPolicies === 'ignored' ? 'have no effect' : 'have an unknown effect')).join(' | ')} |`,
    ...profiles.flatMap((profile) => [
      '',
      `## \`${profile.id}\``,
      '',
      'Every proof under this profile rests on:',
      '',
      ...profile.assumptions.map((line) => `- ${line}`),
    ]),
    '',
  ].join('\n');
  return [{ path: 'docs/profiles.md', text }];
}
