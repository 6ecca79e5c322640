import type { Alert, Site } from '../../src/alerts/alert.ts';
import { ruleFiles, ruleTests } from '../../src/alerts/rules.ts';
import { alertSite } from './alert-site.ts';

/** The first CNI that the alert is about; null when it is for nobody. */
export function siteOf(alert: Alert): Site | null {
  return ['cilium', 'calico', 'eks'].map(alertSite).find((site) => (alert.idle?.(site) ?? null) === null) ?? null;
}

/** The rules of one alert, or of a mutant of it, with its tests, in files that begin with `name`. JSON is YAML. */
export function suiteOf(
  alert: Alert,
  name: string,
  site: Site,
): readonly { readonly files: readonly (readonly [string, string])[]; readonly tests: readonly string[] }[] {
  const runbooks = 'https://runbooks.example.com/';
  return ruleFiles([alert], site, runbooks).map((file) => {
    const rules = `${name}.rules.yaml`;
    const tests = ruleTests({ ...file, path: rules }, site, runbooks).map(({ step, body }) => [`${name}.${step}.yaml`, JSON.stringify(body)] as const);
    return { files: [[rules, JSON.stringify({ groups: file.groups })], ...tests], tests: tests.map(([path]) => path) };
  });
}
