import { type Placed, torchWordsOf, wordsOf } from '../../frameworks/command-line.ts';
import { type Setting, type Sought, settingOf } from '../../frameworks/settings.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { parseIp } from '../../space/ip-set.ts';
import { hostAndPort, hostOf, type PlainHost } from './plain-hosts.ts';

/** Where launchers are told to meet, and the port where the place itself names none. */
interface Meeting {
  readonly host: Sought;
  readonly port: Sought;
  /** Null where none is said to be. */
  readonly usual: number | null;
}

const torchPort: Sought = { options: ['master-port'], words: torchWordsOf, variables: ['PET_MASTER_PORT', 'MASTER_PORT'] };

/**
 * Sources: pytorch torch/distributed/{run,rendezvous}.py and elastic/rendezvous/c10d_rendezvous_backend.py (29400); huggingface/accelerate
 * src/accelerate/utils/launch.py prepare_multi_gpu_env (29500); jax-ml/jax jax/_src/distributed.py; AI-Hypercomputer/xpk src/xpk/core/docker_resources.py
 * (1234); ray-project/ray python/ray/scripts/scripts.py (6379). XGBoost has none: its tracker listens where it is told or the kernel puts it, and workers that
 * are told no port dial 9000 up to 2.0, and 0 from 2.1 on. Sources: dmlc/xgboost v2.0.3 rabit/src/allreduce_base.cc; src/collective/comm_group.cc.
 */
const meetings: readonly Meeting[] = [
  { host: { options: ['master-addr'], words: torchWordsOf, variables: ['PET_MASTER_ADDR', 'MASTER_ADDR'] }, port: torchPort, usual: 29_500 },
  { host: { options: ['rdzv-endpoint'], words: torchWordsOf, variables: ['PET_RDZV_ENDPOINT'] }, port: {}, usual: 29_400 },
  { host: { options: ['main-process-ip'], words: wordsOf }, port: { options: ['main-process-port'], words: wordsOf }, usual: 29_500 },
  { host: { variables: ['JAX_COORDINATOR_ADDRESS', 'COORDINATOR_ADDRESS'] }, port: { variables: ['JAX_COORDINATOR_PORT'] }, usual: 1234 },
  { host: { variables: ['DMLC_TRACKER_URI'] }, port: { variables: ['DMLC_TRACKER_PORT'] }, usual: null },
  { host: { options: ['address'], words: rayWordsOf, variables: ['RAY_ADDRESS'] }, port: {}, usual: 6379 },
];

/** What follows `ray start` in a container. */
function rayWordsOf(container: Placed['container']): readonly string[] {
  const words = wordsOf(container);
  const at = words.findIndex((word, i) => word === 'start' && /(?:^|\/)ray$/.test(words[i - 1] ?? ''));
  return at < 0 ? [] : words.slice(at + 1);
}

/**
 * Places to meet that are certainly no pod of the job: a name in another namespace, a name outside, an address that no pod of the job has. What launchers dial
 * there is no passage between the job's own pods, whatever their framework says of a job that meets at one of them.
 */
export function meetingsElsewhere(job: TrainingJob, placed: Placed): readonly (PlainHost & { readonly shown: string })[] {
  if (placed.container.sort !== 'container') return [];
  return meetings.flatMap(({ host: sought, port, usual }) => {
    const said = settingOf(placed, sought);
    const match = hostAndPort.exec(said?.text?.trim() ?? '');
    if (said === undefined || match === null) return [];
    const host = hostOf(match);
    if (!isElsewhere(job, host, placed.member.namespace)) return [];
    return [{ host, port: match[2] === undefined ? portSaid(settingOf(placed, port), usual) : Number(match[2]), shown: said.shown }];
  });
}

function portSaid(said: Setting | undefined, usual: number | null): number | null {
  if (said === undefined) return usual;
  return said.text !== null && /^\d{1,5}$/.test(said.text) ? Number(said.text) : null;
}

/** The container's own address is no place for anybody who asks. Names of one or two labels may be Services and pods of the job's own namespace. Source: kubernetes.io, DNS for Services and Pods. */
function isElsewhere(job: TrainingJob, host: string, own: string): boolean {
  if (parseIp(host) !== undefined) return !job.members.some((m) => m.ips.includes(host));
  const labels = host.split('.');
  const end = labels.indexOf('svc', 2);
  if (end > 0) return labels[end - 1] !== own;
  return labels.length > 3 || (labels.length === 3 && labels[2] !== own);
}
