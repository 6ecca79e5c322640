import { built, generatedNote } from './printing.mjs';

const cell = (text) => text.replaceAll('|', '\\|');

/** The page that says which frameworks are known, and what moves or pins their ports. */
export async function frameworkFiles() {
  const { frameworks } = await built('frameworks/registry.gen.js');
  const text = [
    '# Training frameworks',
    '',
    generatedNote('src/frameworks'),
    '',
    'What a job does on the network follows from what it runs. `ringfence` reads that off its kind, commands, variables, images and resources, and shows what it',
    'went by. A job may use several: torchrun starts PyTorch, which calls NCCL. A port that is set to something only the running pod knows counts as any port.',
    'Most frameworks listen at ports that the kernel picks: between pods of one job the rule that works is all TCP, both ways.',
    '',
    'Where several pods of an operator, of an Indexed Job or with accelerators show no sign of any framework, `preflight` asks whether all of them reach each other at',
    'any port: where they do not, it says that it cannot tell whether the job runs.',
    '',
    ...frameworks.flatMap(({ title, about, knobs, sources }) => [
      `## ${title}`,
      '',
      about,
      '',
      ...(knobs.length === 0
        ? ['Nothing moves its ports.']
        : [
            '| setting | moves or pins | source |',
            '| --- | --- | --- |',
            ...knobs.map((k) => `| ${k.kind} \`${cell(k.name)}\` | ${cell(k.what)} | ${cell(k.source)} |`),
          ]),
      '',
      `Sources: ${sources.join('; ')}.`,
      '',
    ]),
  ].join('\n');
  return [{ path: 'docs/frameworks.md', text }];
}
