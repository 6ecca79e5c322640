import { checkCertificate } from '../../app/certificate/check.ts';
import { certificateCheckJson, certificateCheckText } from '../../report/certificate-check.ts';
import { jsonText } from '../../report/json.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { joinedLocator, printDiagnostics, readTexts } from '../inputs.ts';
import { emit, formatOf, formatOption, outputOption, resultPen } from '../present.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** Positions in files that are only read as text: their first character. */
const locator = joinedLocator();

export const command: Command = {
  name: 'check-certificate',
  summary: 'check a proof of verify again, packet by packet',
  description: [
    'Checks a certificate that verify --certificate wrote against the inputs it was made from, zones and manifests alike, and trusts nothing in it: the inputs must be the same to the byte; its atoms must cover every pod, node, address and port and hold only what no rule tells apart; the packet that stands for each pair of atoms on each port is decided again by the definition alone; and the claims are asked of nothing but those packets.',
    'Exits with 0 when the certificate is true (a claim in it may stand as failed: the list says so), and with 1 when it proves nothing about these inputs.',
  ],
  operands: {
    name: 'PATH',
    min: 2,
    max: null,
    help: 'The certificate, then everything that verify was given: zone files (they need no -f here) and manifests, in any order.',
  },
  options: [
    formatOption(['text', 'json'], { sarif: 'a certificate has no place in a file', markdown: 'a certificate is checked as text or json' }),
    outputOption,
  ],
  examples: [
    {
      line: 'ringfence check-certificate proof.json zone.yaml ./manifests',
      note: 'what ringfence verify -f zone.yaml ./manifests --certificate proof.json wrote',
    },
  ],
  async run(invocation, { io }) {
    const [path = '', ...paths] = invocation.operands;
    if (path === '-' && paths.includes('-')) throw new UsageError([{ message: 'standard input cannot be both the certificate and an input of it' }]);
    const progress = progressOn(io);
    const certificate = await readTexts([path], io);
    const inputs = await readTexts(paths, io);
    progress.say('deciding every packet again');
    const [text] = certificate.texts;
    const diagnostics = [...certificate.diagnostics, ...inputs.diagnostics];
    const checked = text === undefined || certificate.texts.length > 1 ? null : checkCertificate(text.text, inputs.texts);
    progress.done();
    if (printDiagnostics(diagnostics, locator, io)) return exitCodes.badInput;
    if (checked === null)
      throw new UsageError([{ message: `${path} is no certificate: one file is`, hint: 'write one with: ringfence verify --certificate FILE' }]);
    const json = (): string => jsonText(certificateCheckJson(checked));
    const format = formatOf(invocation);
    emit(format === 'json' ? json() : certificateCheckText(checked, { pen: resultPen(invocation, io), locator }), invocation, io);
    return checked.problems.length === 0 ? exitCodes.clean : exitCodes.findings;
  },
};
