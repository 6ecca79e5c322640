import { isUfmPkeys } from '../fabric/ufm.ts';
import { shown } from '../kernel/reader.ts';
import type { SourceText } from '../kernel/source-text.ts';
import { download, internet } from '../live/download.ts';
import { UnfinishedError } from '../live/unfinished-error.ts';
import type { Invocation, Option } from './command.ts';
import { readTexts } from './inputs.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** Every partition with its members. Those who show a token ask under ufmRestV3. Source: NVIDIA UFM Enterprise REST API Guide 6.22, PKey GUIDs and Access Tokens. */
const pkeysPath = '/ufmRestV3/resources/pkeys?guids_data=true';
const tokenVariable = 'UFM_TOKEN';
/** Ten thousand ports in sixty partitions are some 50 MiB. */
const limits = { mostBytes: 64 * 2 ** 20, seconds: 30 };
const mend =
  'Try again later, or give the answer as a file: curl -H "Authorization: Basic $UFM_TOKEN" "https://HOST/ufmRestV3/resources/pkeys?guids_data=true".';

export const ufmOptions: readonly Option[] = [
  {
    name: 'ufm',
    value: 'URL',
    help: `Ask this UFM (https://HOST) which partitions it has, over HTTPS and nothing else: one request, no redirect, no proxy. The access token is taken from ${tokenVariable}; a certificate of your own authority from NODE_EXTRA_CA_CERTS.`,
  },
  { name: 'ufm-token', value: 'FILE', completes: 'file', help: `Take the access token from FILE in place of ${tokenVariable}.` },
];

/** What UFM answers, as if it had been given as a file; null where it is not to be asked. The token is in no message. */
export async function askUfm(invocation: Invocation, io: Io, version: string): Promise<SourceText | null> {
  const address = invocation.text('ufm');
  const tokenFile = invocation.text('ufm-token');
  if (address === undefined) {
    if (tokenFile !== undefined) throw new UsageError([{ message: '--ufm-token is of no use without --ufm' }]);
    return null;
  }
  const url = ufmUrl(address);
  const token = await tokenOf(tokenFile, io);
  const bytes = await download(
    url,
    limits,
    { agent: `ringfence/${version}`, what: 'answer of UFM', mend, authorization: `Basic ${token}` },
    // UFM is at a private address nearly always.
    io.downloads ?? { ...internet, allows: () => true },
  );
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (!isUfmPkeys(parsed(text)))
    throw new UnfinishedError(`${url.host} does not answer ${shown(pkeysPath)} as UFM does: partitions by key were expected`, mend);
  return { file: url.href, text };
}

function ufmUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const wrong = (message: string): UsageError => new UsageError([{ message, hint: 'for example: --ufm https://ufm.example.org' }]);
  if (url === null) throw wrong(`--ufm ${shown(text)} is no address`);
  if (url.username !== '' || url.password !== '')
    throw new UsageError([
      {
        message: '--ufm holds a user name or password, which others on this machine can see',
        hint: `make an access token in UFM and give it in ${tokenVariable}`,
      },
    ]);
  if (url.protocol !== 'https:') throw wrong(`--ufm ${shown(text)} is not HTTPS: anybody on the way could read the token`);
  if (!/^\/(?:ufmRest(?:V3)?\/?)?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrong(`--ufm ${shown(text)} is more than the address of UFM`);
  return new URL(pkeysPath, url);
}

async function tokenOf(file: string | undefined, io: Io): Promise<string> {
  const from = file ?? tokenVariable;
  const read = file === undefined ? null : await readTexts([file], io);
  const fault = read?.diagnostics.find((d) => d.severity === 'error');
  if (fault !== undefined) throw new UsageError([{ message: fault.message }]);
  const token = (read === null ? io.env[tokenVariable] : read.texts[0]?.text)?.trim() ?? '';
  if (token === '') throw new UsageError([{ message: `there is no access token in ${from}`, hint: 'make one in UFM: Settings, Access Tokens' }]);
  // What a header can hold. Source: RFC 9110, section 11.2 (token68).
  if (!/^[A-Za-z0-9._~+/-]{1,4096}={0,2}$/.test(token)) throw new UsageError([{ message: `what is in ${from} is no access token` }]);
  return token;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
