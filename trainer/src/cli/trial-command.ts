import type { Releases } from '@d-persona/shared/contract/releases.ts';
import { InputError } from '@d-persona/shared/errors.ts';
import type { Command } from 'commander';
import { z } from 'zod';
import { adminClient, administrationCommand, group, printRows } from './administration.ts';
import { findRelease } from './find-release.ts';
import { parseOptions } from './options.ts';

const startSchema = z.looseObject({
  kind: z.enum(['canary', 'shadow']),
  share: z.coerce.number().gt(0).max(1),
});
const promoteSchema = z.looseObject({
  minCompared: z.coerce.number().int().min(0),
  minDice: z.coerce.number().min(0).max(1),
  minServed: z.coerce.number().int().min(0),
  maxFailed: z.coerce.number().min(0).max(1),
});

type Trial = NonNullable<Releases['trial']>;

/** `d-persona trial`: a release beside the current one, before it is promoted. */
export function trialCommand(): Command {
  const start = administrationCommand('start', 'Try a release beside the current one')
    .argument('<hospital>')
    .argument('<release>', 'its hash, or the first digits')
    .option('--kind <canary|shadow>', 'answer a share of requests, or only be compared', 'shadow')
    .option('--share <number>', 'of the requests, above 0 and up to 1', '0.05')
    .action(async (hospital: string, prefix: string, raw: Record<string, unknown>) => {
      const { kind, share } = parseOptions(startSchema, raw);
      const client = adminClient(raw);
      const releases = await client.releases(hospital);
      const release = findRelease(releases, prefix);
      await client.startTrial(hospital, { release, kind, share }, releases.version);
      console.log(release);
    });
  const status = administrationCommand('status', 'What a trial has shown so far')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      printTrial(trialOf(await adminClient(raw).releases(hospital)));
    });
  const stop = administrationCommand('stop', 'End a trial; the current release serves everything')
    .argument('<hospital>')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      await adminClient(raw).endTrial(hospital);
    });
  const promote = administrationCommand('promote', 'Promote the release on trial, if the evidence is enough')
    .argument('<hospital>')
    .option('--min-compared <number>', 'images that both releases drew (shadow)', '100')
    .option('--min-dice <number>', 'mean Dice with the current release (shadow)', '0.8')
    .option('--min-served <number>', 'requests that it answered (canary)', '100')
    .option('--max-failed <number>', 'share of those that failed by the server (canary)', '0.01')
    .action(async (hospital: string, raw: Record<string, unknown>) => {
      const limits = parseOptions(promoteSchema, raw);
      const client = adminClient(raw);
      const releases = await client.releases(hospital);
      const trial = trialOf(releases);
      const lacking = lackingEvidence(trial, limits);
      if (lacking !== undefined) throw notEnough(lacking);
      await client.promote(hospital, trial.release, releases.version);
      console.log(trial.release);
    });
  return group('trial', 'Try a release beside the current one, and promote it from what that showed', [
    start,
    status,
    stop,
    promote,
  ]);
}

function printTrial({ kind, share, release, evidence }: Trial): void {
  const { compared, dice, served, failed } = evidence;
  printRows([
    {
      ...{ release, kind, share: String(share), compared: String(compared), dice: dice?.toFixed(4) ?? '-' },
      ...{ served: String(served), failed: String(failed) },
    },
  ]);
}

/** What the evidence lacks, in words, or undefined where it is enough. */
function lackingEvidence(
  { kind, evidence: { compared, dice, served, failed } }: Trial,
  { minCompared, minDice, minServed, maxFailed }: z.output<typeof promoteSchema>,
): string | undefined {
  if (kind === 'shadow') {
    if (compared < minCompared) return `only ${compared} images were compared, ${minCompared} are needed`;
    if ((dice ?? 0) < minDice) return `the mean Dice is ${dice?.toFixed(4) ?? 'unknown'}, below ${minDice}`;
    return undefined;
  }
  if (served < minServed) return `only ${served} requests were answered, ${minServed} are needed`;
  if (failed > maxFailed * served) return `${failed} of ${served} requests failed`;
  return undefined;
}

function trialOf({ trial }: Releases): Trial {
  if (trial !== null) return trial;
  throw new InputError({
    code: 'no-trial',
    input: 'hospital',
    problem: 'has no release on trial',
    remedy: 'Start one with d-persona trial start',
  });
}

function notEnough(problem: string): InputError {
  return new InputError({
    code: 'release-refused',
    input: 'trial',
    problem,
    remedy: 'Wait for more, stop the trial, or lower the bar: see --help',
  });
}
