import { built, generatedNote } from './printing.mjs';

const planes = { network: 'pod network', node: 'node', fabric: 'fabric', identity: 'identity', scheduling: 'scheduling' };

/** One page a check, and their index. Each page shows the bad example and what the check says about it, printed by the same code as `ringfence scan`. */
export async function checkFiles() {
  const { checks } = await built('checks/registry.gen.js');
  const say = await speaker();
  const problems = [];
  const files = checks.map((check) => {
    const { text, count } = say(check);
    if (count === 0) problems.push(`${check.slug}: its bad example gives no finding`);
    return { path: `docs/checks/${check.slug}.md`, text: pageOf(check, text) };
  });
  return { files: [{ path: 'docs/checks/README.md', text: indexOf(checks) }, ...files], problems };
}

/** Runs a check on its bad example; gives the findings as text and how many there are. */
async function speaker() {
  const [{ loadSnapshot }, { reach }, { profileOf }, { runChecks }, { findingLines }, { penFor, plainStyle }] = await Promise.all(
    ['app/load.js', 'engine/reach.js', 'engine/profiles.js', 'app/run-checks.js', 'report/finding-text.js', 'report/pen.js'].map(built),
  );
  return (check) => {
    const { snapshot, locator } = loadSnapshot([{ file: 'bad.yaml', text: check.example.bad }]);
    const profile = profileOf(check.example.profile ?? 'kubernetes');
    const findings = runChecks(reach(snapshot, profile.value), [check]);
    return {
      text: findingLines(findings, { pen: penFor(plainStyle), locator })
        .slice(2)
        .join('\n'),
      count: findings.length,
    };
  };
}

function pageOf(check, output) {
  return [
    `# ${check.slug}`,
    '',
    generatedNote(`src/checks/${check.slug}.ts`),
    '',
    `**${check.title}** · severity ${check.severity} · plane: ${planes[check.plane]}`,
    '',
    check.why.trim(),
    '',
    '## What to do',
    '',
    check.fix.trim(),
    '',
    '## Example',
    '',
    `This fires${check.example.profile === undefined ? '' : ` under \`--profile ${check.example.profile}\``}:`,
    '',
    '```yaml',
    check.example.bad.trim(),
    '```',
    '',
    '```text',
    output.replace(/^ {2}/gm, '').trimEnd(),
    '```',
    '',
    'This does not:',
    '',
    '```yaml',
    check.example.good.trim(),
    '```',
    '',
    '## When it is meant',
    '',
    'Say so above the object, with a reason and, better, an end:',
    '',
    '```yaml',
    `# ringfence ignore[${check.slug}]: reason (until 2027-01-31)`,
    '```',
    '',
    '## Sources',
    '',
    ...check.sources.map((source) => `- ${source}`),
    '',
  ].join('\n');
}

function indexOf(checks) {
  const order = ['critical', 'high', 'medium', 'low', 'info'];
  const rows = [...checks].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || (a.slug < b.slug ? -1 : 1));
  return [
    '# Checks',
    '',
    generatedNote('src/checks'),
    '',
    '`ringfence scan` and `ringfence verify` run all of them. Each has a page with an example that is executed, what the check says about it, and where its facts come from.',
    '',
    '| check | | severity | plane |',
    '| --- | --- | --- | --- |',
    ...rows.map((check) => `| [${check.slug}](${check.slug}.md) | ${check.title.replaceAll('|', '\\|')} | ${check.severity} | ${planes[check.plane]} |`),
    '',
  ].join('\n');
}
