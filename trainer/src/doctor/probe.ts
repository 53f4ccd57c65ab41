import { InputError } from '@d-persona/shared/errors.ts';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { type ReferenceSize, timeReferenceStep } from './reference-step.ts';

/*
 * A program of its own, so that a backend that crashes or takes all memory ends with it: sets one backend up and sends
 * what it is and how long the reference steps take.
 */
const [name, ...sizes] = process.argv.slice(2);
try {
  const { description } = await chooseBackend(backendSchema.parse(name));
  process.send?.({ kind: 'works', description });
  for (const size of sizes as ReferenceSize[]) {
    process.send?.({ kind: 'step', size, ms: timeReferenceStep(size) });
  }
} catch (error) {
  process.send?.({
    kind: 'fails',
    reason: error instanceof InputError ? error.problem : (error as Error).message,
  });
}
process.disconnect?.();
process.exit(0);
