import cliProgress from 'cli-progress';
import type { LossTerms, StageName } from './task.ts';

/** Tells how a training goes. */
export interface Progress {
  begin(stage: StageName, step: number, steps: number): void;
  step(step: number, terms: LossTerms, images: number): void;
  validated(step: number, values: Readonly<Record<string, number>>): void;
  end(): void;
}

/** Says nothing: for tests and for callers that watch `metrics.jsonl`. */
export const silentProgress: Progress = { begin() {}, step() {}, validated() {}, end() {} };

const format = (values: Readonly<Record<string, number>>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join('  ');

/** Speed over the recent steps, so that a pause for validation is soon forgotten. */
class Speed {
  #marks: { time: number; images: number; steps: number }[] = [];

  reset(): void {
    this.#marks = [{ time: performance.now(), images: 0, steps: 0 }];
  }

  add(images: number): void {
    const last = this.#marks.at(-1) ?? { time: 0, images: 0, steps: 0 };
    this.#marks.push({ time: performance.now(), images: last.images + images, steps: last.steps + 1 });
    if (this.#marks.length > 50) this.#marks.shift();
  }

  /** Images per second, and seconds per step. */
  rates(): { imagesPerSecond: number; secondsPerStep: number } {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || last.steps === first.steps) return { imagesPerSecond: 0, secondsPerStep: 0 };
    const seconds = (last.time - first.time) / 1000;
    return {
      imagesPerSecond: (last.images - first.images) / seconds,
      secondsPerStep: seconds / (last.steps - first.steps),
    };
  }
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * A bar on a terminal with step, losses, speed and time left; where the output is no terminal, a line every few
 * seconds with the same.
 */
export function terminalProgress(stream: NodeJS.WriteStream, everyMs = 15_000): Progress {
  const speed = new Speed();
  let stage = '';
  let steps = 0;
  let lastLine = 0;
  const bar = stream.isTTY
    ? new cliProgress.SingleBar({
        stream,
        format: '{stage} {bar} {value}/{total}  {losses}  {speed} images/s  {left} left',
        hideCursor: true,
      })
    : undefined;
  const left = (step: number) => minutes((steps - step) * speed.rates().secondsPerStep);
  return {
    begin(name, step, total) {
      stage = name;
      steps = total;
      lastLine = performance.now();
      speed.reset();
      bar?.start(total, step, { stage, losses: '', speed: '–', left: '–' });
    },
    step(step, terms, images) {
      speed.add(images);
      const losses = format(terms);
      const perSecond = speed.rates().imagesPerSecond.toFixed(1);
      bar?.update(step, { losses, speed: perSecond, left: left(step) });
      if (bar === undefined && (performance.now() - lastLine > everyMs || step === steps)) {
        lastLine = performance.now();
        stream.write(`${stage} ${step}/${steps}  ${losses}  ${perSecond} images/s  ${left(step)} left\n`);
      }
    },
    validated(step, values) {
      const text = format(values);
      if (text !== '' && bar === undefined) stream.write(`${stage} ${step}/${steps}  validation: ${text}\n`);
    },
    end() {
      bar?.stop();
    },
  };
}
