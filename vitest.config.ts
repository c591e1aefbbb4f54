import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const packages = fileURLToPath(new URL('./packages/', import.meta.url))

/** Tests run on the sources; the built packages are tested by `test/packaging`. */
const alias = [
  { find: /^@mailwright\/(core|relay)\/(driver|node)$/, replacement: `${packages}$1/src/$2/index.ts` },
  { find: /^@mailwright\/([a-z0-9-]+)$/, replacement: `${packages}$1/src/index.ts` },
  { find: /^mailwright$/, replacement: `${packages}mailwright/src/index.ts` },
]

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'scripts/**/*.test.ts'],
          maxWorkers: '100%',
          // Transcripts are played in every cutting; on a busy machine that takes its time.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'interop',
          include: ['test/**/*.test.ts'],
          exclude: ['test/long/**'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // After the unit tests, and few at a time: each runs servers and clients of its own, and some look at the clock.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
        },
      },
    ],
  },
})
