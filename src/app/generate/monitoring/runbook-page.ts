import { type Alert, alertName, type Site } from '../../../alerts/alert.ts';
import { madeByUs } from '../../../model/made-by.ts';
import { readQuery } from '../../../prometheus/promql.ts';
import { metricNamed } from '../../../prometheus/standing.ts';
import { code, table } from '../markdown.ts';
import { canaryName } from './site.ts';

/** The page that the annotation of an alert links to. */
export function runbookPage(alert: Alert, site: Site): string {
  const { id, severity, for: wait, keepFiringFor: keep, runbook, records = [] } = alert;
  const named = (text: string): string => text.replaceAll('NAMESPACE', site.namespace).replaceAll('CANARY', canaryName);
  const waits = [wait === undefined ? null : `after ${wait}`, keep === undefined ? null : `and for ${keep} longer than its cause`].filter(
    (one) => one !== null,
  );
  return [
    `<!-- ${madeByUs} -->\n`,
    `# ${alertName(id)}\n`,
    `**${severity}**${waits.length === 0 ? '' : `, ${waits.join(', ')}`} · ${plainWords(alert.summary)}\n`,
    `${plainWords(alert.description)}\n`,
    `## What it means\n\n${named(runbook.means)}\n`,
    `## Where to look\n\n${runbook.look.map((line) => `- ${named(line)}\n`).join('')}`,
    `## What to do\n\n${named(runbook.mend)}\n`,
    `## The rule\n\n${[...records.map((r) => [r.record, r.expr(site)] as const), [alertName(id), alert.expr(site)] as const].map(([name, expr]) => `${code(name)}:\n\n\`\`\`promql\n${expr}\n\`\`\`\n`).join('\n')}`,
    `## What it rests on\n\n${metricsTable(alert, site)}`,
  ].join('\n');
}

/** A summary with the names of labels in place of their values. */
export function plainWords(text: string): string {
  return text.replaceAll(/\{\{ \$labels\.([a-z_]+) [^}]*\}\}/g, (_, label: string) => `*${label.replaceAll('_', ' ')}*`);
}

function metricsTable({ expr, records = [] }: Alert, site: Site): string {
  const names = [expr, ...records.map((r) => r.expr)].flatMap((text) => readQuery(text(site)).selectors.flatMap((s) => s.metric ?? []));
  const rows = [...new Set(names)].flatMap((name) => {
    const known = metricNamed(name);
    return known === undefined ? [] : [[code(name), known.exporter.title, known.metric.about, known.metric.source]];
  });
  return table(['metric', 'from', 'what it counts', 'source'], rows);
}
