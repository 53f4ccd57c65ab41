import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{shared,trainer,workers,scripts,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 120_000,
    maxWorkers: 2,
  },
});
