import fc from 'fast-check';

/**
 * Property tests draw the same examples at every run, so that a change is judged by what it changes. New examples are
 * looked for on purpose: FAST_CHECK_SEED=$RANDOM npm test.
 */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_125) });
