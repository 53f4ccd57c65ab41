import { chooseBackend } from './choose-backend.ts';

/**
 * Whether TensorFlow's binding works here. It is optional: tests on it are skipped where it is absent, and the report
 * counts them as skipped.
 */
export const tfjsNodeInstalled = await chooseBackend('tfjs-node').then(
  () => true,
  () => false,
);
if (!tfjsNodeInstalled) console.warn('Tests with tfjs-node are skipped: run npm run setup:tfjs-node');
