import type { NightlySettings } from '../nightly/settings.ts';
import type { MovedHospital } from './move-hospital.ts';
import type { Verdict } from './week-report.ts';

/** Whether a hospital is worse on the new core beyond noise, can move there, or cannot be judged and stays. */
export function judgeMove(
  hospital: string,
  moved: MovedHospital | undefined,
  { minimumPatients, tolerance }: NightlySettings,
): Verdict {
  if (moved === undefined) {
    const reason = 'a persona has no case left to learn from, so that it cannot move';
    return { hospital, release: null, difference: null, readers: [], verdict: 'stays', reason };
  }
  const { release, difference, readers } = moved;
  const { mean, low, high, patients } = difference;
  const told = [mean, low, high].map((value) => value?.toFixed(3) ?? '–');
  const figures = `Dice ${told[0]} [${told[1]}, ${told[2]}] on held-out cases of ${patients} patients`;
  const worse = mean !== null && high !== null && high < 0 && mean < -tolerance;
  const verdict = worse ? 'worse' : patients < minimumPatients ? 'stays' : 'moves';
  return { hospital, release: release.hash, difference, readers, verdict, reason: figures };
}
