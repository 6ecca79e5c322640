/** Signs of a label that reach an annotation; runs of others become one `?`. Pages, chats and terminals read annotations, and names can be made up. */
const others = '[^-A-Za-z0-9._:/ ]+';

/** The value of a label in a summary or description, harmless wherever it is shown. Source: prometheus.io, Template reference (reReplaceAll). */
export function said(label: string): string {
  return `{{ $labels.${label} | reReplaceAll "${others}" "?" }}`;
}

/** What Prometheus makes of a text with `said` in it, for the tests of rules. */
export function expanded(text: string, labels: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{ \$labels\.([a-z_]+) \| reReplaceAll "[^"]*" "\?" \}\}/g, (_, label: string) =>
    (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '').replaceAll(new RegExp(others, 'g'), '?'),
  );
}

/** A string of PromQL. Source: prometheus/prometheus util/strutil Unquote: the escapes of Go. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A regular expression that matches the text alone, as a string of PromQL. Source: prometheus.io, RE2 syntax; matchers are anchored. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
