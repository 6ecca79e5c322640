import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'laws/**/*.test.ts',
      'cases/**/*.test.ts',
      'transcripts/**/*.test.ts',
      'goldens/**/*.test.ts',
      'integrations/**/*.test.ts',
      'lab/**/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    // Long enough for a property test on a loaded two-core machine; no test asserts a time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
