import { execa } from 'execa';
import type { NightReport } from './run-nightly.ts';
import type { NightlySettings } from './settings.ts';

const TIMEOUT_MS = 15_000;

/** A night in a few lines of plain text. */
export function summarise({ night, hospitals, failures }: NightReport): string {
  return [
    `Night ${night}`,
    ...failures.map(({ hospital, problem }) => `${hospital}: FAILED: ${problem}`),
    ...hospitals.flatMap(({ hospital, decision, reason, taken, setAside, drift }) => [
      `${hospital}: ${decision}: ${reason} (${taken} annotations taken, ${setAside.length} set aside)`,
      ...(drift?.alerts ?? []).map((alert) => `${hospital}: drift: ${alert}`),
    ]),
  ].join('\n');
}

/**
 * Tells of a night by the hooks of the settings. A hook that fails changes nothing else.
 *
 * @returns what failed
 */
export async function notify(
  report: NightReport,
  { webhook, mailto }: Pick<NightlySettings, 'webhook' | 'mailto'>,
  sendmail = 'sendmail',
): Promise<string[]> {
  const hooks: Promise<string[]>[] = [];
  if (webhook !== null) hooks.push(postJson(report, webhook));
  if (mailto !== null) hooks.push(mailReport(report, mailto, sendmail));
  return (await Promise.all(hooks)).flat();
}

/** Posts a value as JSON. @returns what failed */
export async function postJson(value: unknown, url: string): Promise<string[]> {
  try {
    const { ok, status } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return ok ? [] : [`webhook: answered ${status}`];
  } catch (error) {
    return [`webhook: ${(error as Error).message}`];
  }
}

async function mailReport(report: NightReport, to: string, sendmail: string): Promise<string[]> {
  const message = `To: ${to}\nSubject: d-persona: night ${report.night}\n\n${summarise(report)}\n`;
  const { failed, shortMessage } = await execa(sendmail, ['-t'], {
    input: message,
    reject: false,
    timeout: TIMEOUT_MS,
  });
  return failed ? [`mailto: ${shortMessage}`] : [];
}
