import { Command } from 'commander';
import { z } from 'zod';
import { type WatchResult, watchHospitals } from '../drift/watch-hospitals.ts';
import { postJson } from '../nightly/notify.ts';
import { readSettings } from '../nightly/read-settings.ts';
import { EXIT } from './exit-codes.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({
  settings: z.string(),
  hospital: z.string().optional(),
  json: z.boolean().optional(),
});

function describe({ hospitals, failures }: WatchResult): string {
  return [
    ...failures.map(({ hospital, problem }) => `${hospital}: FAILED: ${problem}`),
    ...hospitals.flatMap(({ hospital, days, inputs, problem, readers, alerts }) => [
      `${hospital}: ${alerts.length === 0 ? 'nothing to look at' : alerts.join('; ')}`,
      problem === '' ? `  ${days} days of images and answers:` : `  images and answers: ${problem}`,
      ...inputs.map(({ statistic, live, distance, chance, alert }) => {
        const told = `distance ${distance.toFixed(3)}, by chance up to ${chance.toFixed(3)}, ${live} looked at`;
        return `  ${alert ? '!' : ' '} ${statistic}: ${told}`;
      }),
      ...readers.map(({ persona, nights, alert }) => {
        return `  ${alert ? '!' : ' '} ${persona}: Dice ${nights.map(({ dice }) => dice.toFixed(2)).join(' ')}`;
      }),
    ]),
  ].join('\n');
}

/** `d-persona drift`: whether a hospital's images, answers or readers are no longer what they were. */
export function driftCommand(setExitCode: (code: number) => void): Command {
  return new Command('drift')
    .description(
      "Compare hospitals' images and answers with the training data, and readers with their personas over time",
    )
    .option('--settings <file>', 'of the nightly retraining: docs/nightly.md', 'nightly.json')
    .option('--hospital <id>', 'only this one')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  d-persona drift --settings /etc/d-persona/nightly.json')
    .action(async (raw: unknown) => {
      const { settings: path, hospital, json } = parseOptions(optionsSchema, raw);
      const settings = await readSettings(path);
      const now = () => new Date();
      const result = await watchHospitals({ settings, env: process.env, now, ...(hospital && { hospital }) });
      const alert = result.hospitals.some(({ alerts }) => alerts.length > 0);
      if (alert && settings.webhook !== null) {
        for (const failure of await postJson({ drift: result }, settings.webhook)) console.error(failure);
      }
      console.log(json ? JSON.stringify({ alert, ...result }) : describe(result));
      if (alert || result.failures.length > 0) setExitCode(EXIT.look);
    });
}
