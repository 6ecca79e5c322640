import { wantedMetrics } from '../../../alerts/wanted.ts';
import type { Origin } from '../../../kernel/origin.ts';
import { type Diagnostic, failed, ok, type Result } from '../../../kernel/result.ts';
import type { SourceText } from '../../../kernel/source-text.ts';
import { parseSource } from '../../../manifest/parse.ts';
import type { HubbleMetric, MetricSettings } from '../../../model/alerting.ts';
import { readHubbleMetric } from '../../../prometheus/hubble-options.ts';
import { settingsOfCilium, settingsOfEks } from '../../../prometheus/read-settings.ts';
import type { HelmValues } from '../../../spec/monitoring.ts';
import { type LoadedZone, originIn } from '../../../spec/zone.ts';

/** Files that a zone names beside itself, by the path under which they are read. */
export function filesBeside(loaded: LoadedZone): readonly string[] {
  const { monitoring } = loaded.zone.spec;
  return [monitoring?.hubble.values, monitoring?.eks.values].flatMap((values) => (typeof values === 'string' ? [beside(loaded, values)] : []));
}

function beside({ origin }: LoadedZone, path: string): string {
  const { file } = origin.document;
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return folder + path;
}

/** The metrics of Hubble that the pack asks for. */
export const wantedHubble: ReadonlyMap<string, HubbleMetric> = new Map(wantedMetrics.map(readHubbleMetric).map((metric) => [metric.name, metric]));

/** What is said of metrics: by the values that the zone gives or names, else by those of the pack. `texts` are the files that zones name. */
export function settingsFor(loaded: LoadedZone, texts: readonly SourceText[]): Result<MetricSettings> {
  const { monitoring } = loaded.zone.spec;
  const diagnostics: Diagnostic[] = [];
  const given = (key: 'hubble' | 'eks'): unknown => {
    const values = monitoring?.[key].values ?? null;
    return values === null ? null : valuesOf(loaded, values, originIn(loaded, 'spec', 'monitoring', key, 'values'), texts, diagnostics);
  };
  const [cilium, eks] = [given('hubble'), given('eks')];
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({
    ...(cilium === null ? { hubble: wantedHubble, ciliumAgent: true } : settingsOfCilium(cilium)),
    ...(eks === null ? { eksEventLogs: true } : settingsOfEks(eks)),
    stateLabels: new Map(),
    ringfence: monitoring?.exports ?? [],
  });
}

function valuesOf(loaded: LoadedZone, values: HelmValues, origin: Origin, texts: readonly SourceText[], diagnostics: Diagnostic[]): unknown {
  if (typeof values !== 'string') return values;
  const text = texts.find(({ file }) => file === beside(loaded, values));
  if (text === undefined) {
    diagnostics.push({
      code: 'values-not-read',
      severity: 'error',
      message: `The values ${JSON.stringify(values)} could not be read, so that it is not known which metrics there are.`,
      hint: 'Give the path of the file from the folder of the zone, or leave it out to take the values of the pack.',
      origin,
    });
    return {};
  }
  const parsed = parseSource(text);
  diagnostics.push(...parsed.diagnostics.filter((d) => d.severity === 'error'));
  return parsed.documents[0]?.value ?? {};
}
