import type { Container } from '../../model/workload.ts';

/** A setting by which a container is told to ask nobody. */
interface Off {
  /** Variables that hold the place which is then not asked. */
  readonly places: readonly string[];
  readonly setting: string;
  readonly values: readonly string[];
  /** Whether it binds everything that would ask there, or one library of several. */
  readonly whole: boolean;
}

/** Values that count as true. Source: huggingface_hub src/huggingface_hub/constants.py ENV_VARS_TRUE_VALUES; transformers and datasets have the same. */
const yes: readonly string[] = ['1', 'on', 'yes', 'true'];

/**
 * Sources: huggingface_hub constants.py HF_HUB_OFFLINE, which TRANSFORMERS_OFFLINE stands for; datasets src/datasets/config.py HF_DATASETS_OFFLINE; wandb
 * wandb/sdk/wandb_settings.py Settings.mode, where dryrun is offline; transformers integration_utils.py is_wandb_available, which alone reads WANDB_DISABLED.
 */
const settings: readonly Off[] = [
  { places: ['HF_ENDPOINT'], setting: 'HF_HUB_OFFLINE', values: yes, whole: true },
  { places: ['HF_ENDPOINT'], setting: 'TRANSFORMERS_OFFLINE', values: yes, whole: true },
  { places: ['HF_ENDPOINT'], setting: 'HF_DATASETS_OFFLINE', values: yes, whole: false },
  { places: ['WANDB_BASE_URL'], setting: 'WANDB_MODE', values: ['offline', 'dryrun', 'disabled'], whole: true },
  { places: ['WANDB_BASE_URL'], setting: 'WANDB_DISABLED', values: yes, whole: false },
];

/** Whether a container asks at the place that a variable holds: not at all, or, as far as a setting tells, perhaps; null where nothing is said against it. */
export function stayingOff({ env }: Pick<Container, 'env'>, place: string): { readonly whole: boolean; readonly setting: string } | null {
  const found = settings.filter(({ places, setting, values }) => {
    if (!places.includes(place) || !Object.hasOwn(env, setting)) return false;
    const value = env[setting] ?? null;
    return value === null || values.includes(value.trim().toLowerCase());
  });
  const off = found.find((s) => s.whole && env[s.setting] !== null) ?? found[0];
  if (off === undefined) return null;
  const value = env[off.setting] ?? null;
  return {
    whole: off.whole && value !== null,
    setting: value === null ? `${off.setting}, whose value is not in the manifest,` : `${off.setting}=${value.trim()}`,
  };
}
