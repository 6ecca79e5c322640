import { built, generatedNote } from './printing.mjs';

/** The page of what an audit of a fabric finds, worst first. */
export async function fabricFiles() {
  const { fabricRules } = await built('app/infiniband/rules.js');
  const order = ['critical', 'high', 'medium', 'low', 'info'];
  const rules = [...fabricRules].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const text = [
    '# What an audit of a fabric finds',
    '',
    generatedNote('src/app/infiniband'),
    '',
    'Findings of `ringfence fabric audit`, worst first; [the page on fabrics](fabric.md) says what is read and how it is judged. One that is meant can be ignored with a comment on or above its line:',
    '`# ringfence ignore[fabric-drift]: reason (until 2027-01-31)`.',
    '',
    ...rules.flatMap(({ slug, severity, title, why, fix, source }) => [
      `## \`${slug}\``,
      '',
      `**${title}** (${severity})`,
      '',
      why,
      '',
      `**Fix.** ${fix}`,
      '',
      `Source: ${source}`,
      '',
    ]),
  ].join('\n');
  return [{ path: 'docs/fabric-findings.md', text }];
}
