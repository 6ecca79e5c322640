// Generated from the folder listing by `npm run gen`; do not edit.
import type { Command } from './command.ts';
import { command as auditCommand } from './commands/audit.ts';
import { command as checkCertificateCommand } from './commands/check-certificate.ts';
import { command as checksCommand } from './commands/checks.ts';
import { command as completionCommand } from './commands/completion.ts';
import { command as diagnoseCommand } from './commands/diagnose.ts';
import { command as diffCommand } from './commands/diff.ts';
import { command as explainCommand } from './commands/explain.ts';
import { command as exposureCommand } from './commands/exposure.ts';
import { command as fabricAuditCommand } from './commands/fabric-audit.ts';
import { command as feedsApplyCommand } from './commands/feeds-apply.ts';
import { command as feedsDiffCommand } from './commands/feeds-diff.ts';
import { command as feedsFetchCommand } from './commands/feeds-fetch.ts';
import { command as feedsStatusCommand } from './commands/feeds-status.ts';
import { command as flowsCheckCommand } from './commands/flows-check.ts';
import { command as flowsDetectCommand } from './commands/flows-detect.ts';
import { command as flowsIngestCommand } from './commands/flows-ingest.ts';
import { command as flowsReplayCommand } from './commands/flows-replay.ts';
import { command as flowsSuggestCommand } from './commands/flows-suggest.ts';
import { command as generateCommand } from './commands/generate.ts';
import { command as iamDiffCommand } from './commands/iam-diff.ts';
import { command as iamLintCommand } from './commands/iam-lint.ts';
import { command as iamVerifyCommand } from './commands/iam-verify.ts';
import { command as initCommand } from './commands/init.ts';
import { command as migrateCommand } from './commands/migrate.ts';
import { command as preflightCommand } from './commands/preflight.ts';
import { command as queryCommand } from './commands/query.ts';
import { command as scanCommand } from './commands/scan.ts';
import { command as verifyCommand } from './commands/verify.ts';
import { command as versionCommand } from './commands/version.ts';

/** Every command of `src/cli/commands`, in name order. */
export const commands: readonly Command[] = [
  auditCommand,
  checkCertificateCommand,
  checksCommand,
  completionCommand,
  diagnoseCommand,
  diffCommand,
  explainCommand,
  exposureCommand,
  fabricAuditCommand,
  feedsApplyCommand,
  feedsDiffCommand,
  feedsFetchCommand,
  feedsStatusCommand,
  flowsCheckCommand,
  flowsDetectCommand,
  flowsIngestCommand,
  flowsReplayCommand,
  flowsSuggestCommand,
  generateCommand,
  iamDiffCommand,
  iamLintCommand,
  iamVerifyCommand,
  initCommand,
  migrateCommand,
  preflightCommand,
  queryCommand,
  scanCommand,
  verifyCommand,
  versionCommand,
];
