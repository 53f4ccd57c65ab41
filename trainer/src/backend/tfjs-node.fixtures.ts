import { chooseBackend } from './choose-backend.ts';

/**
 * Whether TensorFlow's binding works here. It is optional: tests on it are skipped where it is absent, and the report
 * counts them as skipped. Where it was set up for them (`.ci/run`), its not starting is an error.
 */
export const tfjsNodeInstalled = await chooseBackend('tfjs-node').then(
  () => true,
  (error: unknown) => {
    if (process.env.DPERSONA_TFJS_NODE === 'required') throw error;
    return false;
  },
);
if (!tfjsNodeInstalled) console.warn('Tests with tfjs-node are skipped: run npm run setup:tfjs-node');
