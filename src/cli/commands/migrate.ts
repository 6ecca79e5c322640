import { migration } from '../../app/migrate/migration.ts';
import { inspectFolder, isFolder, writeFolder } from '../../live/output.ts';
import { madeByUs } from '../../model/made-by.ts';
import { jsonText } from '../../report/json.ts';
import { isProven, migrationJson, migrationText } from '../../report/migration.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { manifestOperands, namedProfile, printDiagnostics, readCluster } from '../inputs.ts';
import { writeResult } from '../own-inputs.ts';
import { formatOf, formatOption } from '../present.ts';
import { progressOn } from '../progress.ts';
import { penOf } from '../stream-pen.ts';
import { UsageError } from '../usage-error.ts';

/** Reads every kind of the API group, old and new, and takes no side where the API leaves room. */
const reading = 'kube-network-policies';

export const command: Command = {
  name: 'migrate',
  summary: 'turn AdminNetworkPolicies into ClusterNetworkPolicies, proven to do the same',
  description: [
    'Writes each AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) of the input as ClusterNetworkPolicies (v1alpha2) with its labels, annotations, rule names, tier and priority. Rules and policies over the caps of v1alpha2 become several in a row; what does not fit, or cannot be said, is refused with the reason, and then nothing is written.',
    'What is written is read again and compared with what it was made of: for every pod of the input, and for every sort of pod that the policies tell apart, in every namespace and in namespaces to come. Where any traffic would change the packet is shown, and nothing is written. Other manifests of the input (pods, NetworkPolicies) are part of the comparison. YAML comments are not kept; the older objects are yours to delete.',
    'Without -o manifests go to standard output and the proof to standard error. Exits with 1 when the migration is not proven.',
  ],
  operands: manifestOperands,
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'FILE|FOLDER/',
      completes: 'file',
      help: 'One file for all, or a folder (an existing one, or a name that ends in /) with a file for each. Written whole or not at all.',
    },
    formatOption(['text', 'json'], {
      sarif: 'migrate writes manifests and has no findings to write as SARIF',
      markdown: 'migrate writes manifests; its proof is text or json',
    }),
  ],
  examples: [
    { line: 'ringfence migrate ./manifests -o cluster-policies.yaml', note: 'one file with all of them' },
    { line: 'kubectl get anp,banp,netpol,ns,pods -A -o yaml | ringfence migrate - -o policies/', note: 'a running cluster, a file for each' },
  ],
  async run(invocation, { io }) {
    const output = invocation.text('output');
    const json = formatOf(invocation) === 'json';
    const progress = progressOn(io);
    const cluster = await readCluster(invocation.operands, io, progress);
    const { locator } = cluster;
    progress.say('proving that nothing changes');
    // A policy that could not be read would be left out without a word.
    const readable = !cluster.diagnostics.some((d) => d.severity === 'error');
    const migrated = readable ? migration(cluster.snapshot, namedProfile(undefined, reading)) : null;
    progress.done();
    const diagnostics = [...cluster.diagnostics, ...(migrated?.diagnostics ?? [])];
    printDiagnostics(diagnostics, locator, io);
    if (migrated === null || !migrated.ok) return exitCodes.badInput;
    const report = migrated.value;
    const proven = isProven(report);
    if (proven && report.policies.length > 0) {
      const files = report.policies.map(({ name, text }) => ({ path: `${name}.yaml`, text }));
      const whole = files.map((f) => f.text).join('---\n');
      if (output === undefined) {
        if (!json) io.stdout.write(whole);
      } else if (output.endsWith('/') || isFolder(io.cwd, output)) {
        const { foreign } = inspectFolder(io.cwd, output, files, (head) => head.includes(madeByUs));
        if (foreign.length > 0)
          throw new UsageError(
            foreign.map((path) => ({ message: `${output} holds ${path}, which ringfence did not make; nothing was written`, hint: 'move the file away' })),
          );
        writeFolder(io.cwd, output, files);
      } else writeResult(io, output, whole);
    }
    if (json) io.stdout.write(jsonText(migrationJson(report, { locator, diagnostics })));
    else {
      const sink = output === undefined ? io.stderr : io.stdout;
      sink.write(migrationText(report, { pen: penOf(sink, io), locator }));
    }
    return proven ? exitCodes.clean : exitCodes.findings;
  },
};
