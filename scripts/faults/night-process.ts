import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../nightly-retrain.ts', import.meta.url));

/** A run of the nightly program. */
export interface NightRun {
  /** Null where it was killed. */
  readonly exitCode: number | null;
  /** Milliseconds from the start to the end of each step, in their order, and to the end of the process. */
  readonly moments: readonly { readonly step: string; readonly ms: number }[];
}

/** When to kill it: some time after a step was done; after `start`, the first request to the server counts. */
export interface Kill {
  readonly after: string;
  readonly ms: number;
}

/**
 * Runs the night of one hospital as a process of its own, and kills it with SIGKILL at a moment.
 *
 * @param onStart gets a function to be called when the first request comes
 */
export async function runNight(
  settings: string,
  hospital: string,
  onStart: (began: () => void) => void,
  kill?: Kill,
): Promise<NightRun> {
  const args = [
    PROGRAM,
    '--settings',
    settings,
    '--hospital',
    hospital,
    '--night',
    'n1',
    '--backend',
    'wasm',
  ];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, FAULTS_KEY: 'k' },
  });
  const moments: { step: string; ms: number }[] = [];
  const began = performance.now();
  const note = (step: string) => {
    if (moments.some((known) => known.step === step)) return;
    moments.push({ step, ms: performance.now() - began });
    if (kill?.after === step) setTimeout(() => child.kill('SIGKILL'), kill.ms);
  };
  onStart(() => note('start'));
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const step = new RegExp(`^${hospital}: ([\\w-]+)$`).exec(line)?.[1];
      if (step !== undefined) note(step);
    }
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  moments.push({ step: 'end', ms: performance.now() - began });
  return { exitCode, moments };
}
