import { ApiError } from '@d-persona/shared/client/api-error.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { HospitalApi } from '../nightly/hospital-api.ts';
import type { LedgerEntry } from '../nightly/hospital-ledger.ts';
import type { DriftReport, InputDrift, ReaderDrift } from './drift-report.ts';
import { inputDrift } from './input-drift.ts';
import { liveHistograms } from './live-histograms.ts';
import { readerDrift } from './reader-drift.ts';
import type { DriftSettings } from './settings.ts';

const DAY_MS = 86_400_000;

/** What is watched of a hospital. */
export interface Watched {
  readonly api: HospitalApi;
  /** The release that serves it. */
  readonly release: string;
  readonly manifest: Pick<Manifest, 'reference'>;
  readonly entries: readonly LedgerEntry[];
  readonly nights: readonly string[];
}

const told: Readonly<Record<InputDrift['statistic'], string>> = {
  brightness: 'the brightness of images',
  contrast: 'the contrast of images',
  skewness: 'the distribution of values in images',
  roughness: 'the sharpness or noise of images',
  area: 'the size of what is outlined',
  disagreement: 'how much the personas disagree',
};

function alertsOf(inputs: readonly InputDrift[], readers: readonly ReaderDrift[]): string[] {
  return [
    ...inputs
      .filter(({ alert }) => alert)
      .map(({ statistic, distance, live }) => {
        return `${told[statistic]} differs from the training data: distance ${distance.toFixed(2)} over ${live}`;
      }),
    ...readers
      .filter(({ alert }) => alert)
      .map(({ persona, recent, earlier }) => {
        const [is, was] = [recent, earlier].map((of) => of?.dice.toFixed(3));
        return `${persona} agrees less with their persona: Dice ${is} over ${recent?.cases} outlines, ${was} before`;
      }),
  ];
}

/**
 * Compares a hospital's live images and answers with the training data of its release, and its readers' outlines with
 * their personas over time. A server that cannot tell is said in the report, and is no failure.
 */
export async function watchDrift(
  { api, release, manifest, entries, nights }: Watched,
  settings: DriftSettings,
  now: Date,
): Promise<DriftReport> {
  const since = new Date(now.getTime() - settings.days * DAY_MS).toISOString().slice(0, 10);
  const { reference } = manifest;
  let inputs: InputDrift[] = [];
  let problem = '';
  if (reference === undefined)
    problem = 'the release does not say what its training data is like: publish it anew';
  else {
    try {
      const live = liveHistograms(await api.drift(since), release);
      inputs = inputDrift(live, reference.histograms, settings);
      if (inputs.length === 0) problem = `no image was sent since ${since}`;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problem = `the server cannot tell: ${error.message}`;
    }
  }
  const readers = readerDrift(entries, nights, settings);
  return { release, days: settings.days, inputs, problem, readers, alerts: alertsOf(inputs, readers) };
}
