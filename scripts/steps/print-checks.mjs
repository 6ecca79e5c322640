import { built, generatedNote } from './printing.mjs';

const planes = { network: 'pod network', node: 'node', fabric: 'fabric', identity: 'identity', scheduling: 'scheduling', detection: 'detection' };

/** One page a check, and their index. Each page shows the bad example and what the check says about it, printed by the same code as `ringfence scan`. */
export async function checkFiles() {
  const { checks } = await built('checks/registry.gen.js');
  const say = await speaker();
  const problems = [];
  const files = checks.map((check) => {
    const { text, count } = say(check);
    if (count === 0) problems.push(`${check.slug}: its bad example gives no finding`);
    return { path: `docs/checks/${check.slug}.md`, text: pageOf(check, text, `src/checks/${check.slug}.ts`) };
  });
  const { lints } = await built('app/iam/lints/registry.gen.js');
  const sayLint = await lintSpeaker();
  for (const lint of lints) {
    const { text, count } = sayLint(lint);
    if (count === 0) problems.push(`${lint.slug}: its bad example gives no finding`);
    files.push({ path: `docs/checks/${lint.slug}.md`, text: pageOf(lint, text, `src/app/iam/lints/${lint.slug}.ts`) });
  }
  return { files: [{ path: 'docs/checks/README.md', text: indexOf(checks, lints) }, ...files], problems };
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

/** Runs a lint on its bad example. */
async function lintSpeaker() {
  const [{ readPolicyFiles }, { runLints }, { findingLines }, { penFor, plainStyle }] = await Promise.all(
    ['app/iam/read-policies.js', 'app/iam/run-lints.js', 'report/finding-text.js', 'report/pen.js'].map(built),
  );
  return (lint) => {
    const read = readPolicyFiles([{ file: 'bad.yaml', text: lint.example.bad }]);
    const findings = runLints(read, [lint]);
    return {
      text: findingLines(findings, { pen: penFor(plainStyle), locator: read.locator })
        .slice(2)
        .join('\n'),
      count: findings.length,
    };
  };
}

/** What others call a lint; nothing for a check. */
function elsewhere({ alike }) {
  if (alike === undefined) return [];
  return ['', '## Elsewhere', '', ...(alike.length === 0 ? ['Nobody else has it.'] : alike.map((name) => `- ${name}`))];
}

function pageOf(check, output, source) {
  const lint = check.alike !== undefined;
  return [
    `# ${check.slug}`,
    '',
    generatedNote(source),
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
    lint ? '```json' : '```yaml',
    check.example.bad.trim(),
    '```',
    '',
    '```text',
    output.replace(/^ {2}/gm, '').trimEnd(),
    '```',
    '',
    'This does not:',
    '',
    lint ? '```json' : '```yaml',
    check.example.good.trim(),
    '```',
    '',
    '## When it is meant',
    '',
    lint
      ? 'In a policy that is YAML, say so above the statement, with a reason and, better, an end; for JSON, which has no comments, take it into a baseline (`--write-baseline`):'
      : 'Say so above the object, with a reason and, better, an end:',
    '',
    '```yaml',
    `# ringfence ignore[${check.slug}]: reason (until 2027-01-31)`,
    '```',
    ...elsewhere(check),
    '',
    '## Sources',
    '',
    ...check.sources.map((source) => `- ${source}`),
    '',
  ].join('\n');
}

function indexOf(checks, lints) {
  const order = ['critical', 'high', 'medium', 'low', 'info'];
  const ranked = (all) => [...all].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || (a.slug < b.slug ? -1 : 1));
  return [
    '# Checks',
    '',
    generatedNote('src/checks and src/app/iam/lints'),
    '',
    '`ringfence scan` and `ringfence verify` run all of them. Each has a page with an example that is executed, what the check says about it, and where its facts come from.',
    '',
    '| check | | severity | plane |',
    '| --- | --- | --- | --- |',
    ...ranked(checks).map(
      (check) => `| [${check.slug}](${check.slug}.md) | ${check.title.replaceAll('|', '\\|')} | ${check.severity} | ${planes[check.plane]} |`,
    ),
    '',
    '## Lints of policies',
    '',
    '`ringfence iam lint` runs these on policies of AWS and bindings of Google Cloud; see [iam.md](../iam.md). The last column is what others call them.',
    '',
    '| lint | | severity | elsewhere |',
    '| --- | --- | --- | --- |',
    ...ranked(lints).map((lint) => `| [${lint.slug}](${lint.slug}.md) | ${lint.title.replaceAll('|', '\\|')} | ${lint.severity} | ${lint.alike.join('; ')} |`),
    '',
  ].join('\n');
}
