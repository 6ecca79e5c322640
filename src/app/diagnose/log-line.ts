import { memberOf } from '../../kernel/map.ts';
/** Longest line that is looked at, in bytes; of longer ones the beginning counts. */
export const longestLine = 16_384;

/** Who printed a line. `vouched`: a collector or kubectl says so, and the name is a pod's; else the line itself does, where the name is a host's. */
export interface Printer {
  readonly name: string;
  readonly vouched: boolean;
}

/** A line without what runtimes and collectors put around it. `who` printed it, where that is told. */
export interface LogLine {
  readonly text: string;
  readonly who: Printer | null;
}

/** `2026-11-26T10:00:00.123456789Z stdout F text`. Source: kubernetes CRI logging format, kubernetes/design-proposals-archive node/kubelet-cri-logging.md. */
const criPrefix = /^\d{4}-\d\d-\d\dT[0-9:.]{1,20}(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] /;

/** `[pod/name/container] text`. Source: kubernetes kubectl logs --prefix. */
const kubectlPrefix = /^\[pod\/([a-z0-9.-]{1,253})\/[a-z0-9.-]{1,63}\] /;

/** `host:pid:tid [device] `, as NCCL begins each line; a time in brackets may come first. Source: NVIDIA/nccl src/debug.cc. */
const ncclPrefix = /^(?:\[[^\]\n]{1,40}\] )?([A-Za-z0-9][A-Za-z0-9.-]{0,252}):\d{1,10}:\d{1,10} \[\d{1,3}\] /;

/** Select Graphic Rendition and other control sequences. Source: ECMA-48 §5.4. */
const controlSequence = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,32}[A-Za-z]`, 'g');

/** Fields in which collectors keep the line. Sources: Docker json-file; Fluent Bit and Fluentd; Google Cloud Logging; structlog, zap, logrus. */
const textFields = ['log', 'message', 'msg', 'textPayload', 'event', 'text'];

/** Takes off what stands around a line: JSON of collectors, CRI, prefixes of kubectl, colours. */
export function unwrapped(raw: string): LogLine {
  let text = raw.replace(criPrefix, '');
  let who: Printer | null = null;
  const fromKubectl = kubectlPrefix.exec(text);
  if (fromKubectl !== null) {
    who = { name: fromKubectl[1] ?? '', vouched: true };
    text = text.slice(fromKubectl[0].length);
  }
  if (text.startsWith('{')) {
    const inner = fromJson(text);
    if (inner !== null) {
      // What is inside a line that kubectl names may be anything.
      who ??= inner.who;
      text = inner.text;
    }
  }
  if (text.includes(String.fromCharCode(27))) text = text.replace(controlSequence, '');
  const host = who === null ? ncclPrefix.exec(text)?.[1] : undefined;
  return { text, who: host === undefined ? who : { name: host, vouched: false } };
}

function fromJson(text: string): LogLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const inner = textFields.map((name) => memberOf(value, name)).find((v) => typeof v === 'string');
  if (typeof inner !== 'string') return null;
  const pod =
    memberOf(value, 'kubernetes', 'pod_name') ??
    memberOf(value, 'kubernetes', 'pod', 'name') ??
    memberOf(value, 'resource', 'labels', 'pod_name') ??
    memberOf(value, 'pod');
  // The whole of a traceback may stand in one field: its last lines say what happened.
  return { text: inner.trimEnd().slice(-longestLine).replaceAll('\n', ' '), who: typeof pod === 'string' ? { name: pod, vouched: true } : null };
}
