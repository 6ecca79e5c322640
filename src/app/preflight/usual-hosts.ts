import { wordsOf } from '../../frameworks/command-line.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Container, inContainer } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { membersTitle } from './member-title.ts';
import { type NeededPath, nameEnd } from './needed-path.ts';
import { proxyFor } from './proxies.ts';
import { stayingOff } from './staying-off.ts';

/** A place outside that a program dials where nothing names another. */
interface Usual {
  /** Null: whoever runs the cluster knows which. */
  readonly host: string | null;
  readonly title: string;
  readonly source: string;
  /** What shows that a container uses it; null where it does not, or is told to go elsewhere. */
  signIn(container: Container): string | null;
}

const usual: readonly Usual[] = [
  {
    host: 'huggingface.co',
    title: 'Hugging Face Hub',
    source: 'huggingface_hub documentation, Environment variables: HF_ENDPOINT',
    signIn: (c) =>
      says(c, 'HF_ENDPOINT') || stayingOff(c, 'HF_ENDPOINT')?.whole === true
        ? null
        : firstOf(c, ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN', 'HF_HUB_ENABLE_HF_TRANSFER']),
  },
  {
    host: 'api.wandb.ai',
    title: 'Weights & Biases',
    source: 'wandb documentation, Environment variables: WANDB_BASE_URL, WANDB_MODE',
    signIn: (c) => (says(c, 'WANDB_BASE_URL') || stayingOff(c, 'WANDB_BASE_URL')?.whole === true ? null : firstOf(c, ['WANDB_API_KEY', 'WANDB_PROJECT'])),
  },
  {
    host: null,
    title: 'index of Python packages',
    source: 'pip documentation, Configuration: index-url',
    signIn: (c) => {
      const words = wordsOf(c);
      const installs = words.some((word, i) => /(?:^|\/)pip3?$/.test(word) && words[i + 1] === 'install');
      const elsewhere = says(c, 'PIP_INDEX_URL') || says(c, 'PIP_NO_INDEX') || words.some((w) => /^(?:-i|--index-url|--no-index)(?:=|$)/.test(w));
      return installs && !elsewhere ? 'pip install' : null;
    },
  },
];

function says({ env }: Container, name: string): boolean {
  return Object.hasOwn(env, name);
}

function firstOf(container: Container, names: readonly string[]): string | null {
  return names.find((name) => says(container, name)) ?? null;
}

/**
 * Hubs, trackers and package indexes that a job would dial by default. Whether it does nobody can tell from a manifest, and it may have what it needs in its image:
 * they are told, and do not stop it. Those behind a proxy are the proxy's, which is asked for.
 */
export function usualPaths(job: TrainingJob): readonly NeededPath[] {
  return usual.flatMap(({ host, title, source, signIn }): readonly NeededPath[] => {
    const users = job.members.flatMap((member) =>
      member.pod.containers.flatMap((container) => {
        const sign = signIn(container);
        return sign === null || (host !== null && proxyFor(container, 'https', host, 443) !== null) ? [] : [{ member, container, sign }];
      }),
    );
    const [first] = users;
    if (first === undefined) return [];
    const from = [...new Set(users.map((u) => u.member))];
    return [
      {
        id: `usual/${host ?? title.replaceAll(' ', '-')}`,
        title,
        from,
        fromTitle: membersTitle(job, from),
        toTitle: title,
        ends: host === null ? [] : [nameEnd(host, TransportSet.of('TCP', [[443, 443]]))],
        picked: false,
        required: false,
        supposed: true,
        because: `${first.sign} of container ${first.container.name}, and nothing names another place`,
        source,
        origin: inContainer(first.member, first.container),
        missing: host === null ? [`which ${title} it is no manifest says: name it in the command or its variables, or keep what it gives in the image`] : [],
      },
    ];
  });
}
