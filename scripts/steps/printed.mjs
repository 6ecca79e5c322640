import { alertFiles } from './print-alerts.mjs';
import { blockFiles } from './print-blocks.mjs';
import { checkFiles } from './print-checks.mjs';
import { cliFiles } from './print-cli.mjs';
import { fabricFiles } from './print-fabric.mjs';
import { frameworkFiles } from './print-frameworks.mjs';
import { iamCaseFiles } from './print-iam-cases.mjs';
import { profileFiles } from './print-profiles.mjs';
import { reportSchemaFiles } from './print-reports.mjs';
import { semanticsFiles } from './print-semantics.mjs';
import { serviceFiles } from './print-services.mjs';
import { signatureFiles } from './print-signatures.mjs';
import { trainingFiles } from './print-training.mjs';
import { zoneFiles } from './print-zone.mjs';

/**
 * What the built program writes better than we can: reference pages, schemas and the printed blocks of Markdown pages.
 * `owned` are folders in which nothing else may lie.
 */
export async function printedFiles() {
  const checks = await checkFiles();
  const blocks = await blockFiles();
  const generated = [
    ...(await zoneFiles()),
    ...(await profileFiles()),
    ...(await semanticsFiles()),
    ...iamCaseFiles(),
    ...(await trainingFiles()),
    ...(await frameworkFiles()),
    ...(await serviceFiles()),
    ...(await fabricFiles()),
    ...(await signatureFiles()),
    ...(await reportSchemaFiles()),
    ...(await alertFiles()),
    ...(await cliFiles()),
    ...checks.files,
  ];
  // A generated page is written whole; the blocks are for pages that people write.
  const whole = new Set(generated.map(({ path }) => path));
  return {
    files: [...generated, ...blocks.files.filter(({ path }) => !whole.has(path))],
    owned: ['docs/checks', 'schemas'],
    problems: [...checks.problems, ...blocks.problems],
  };
}
