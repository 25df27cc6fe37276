import { resolve } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { embeddedOnly } from './embedded-only.ts'

// A name that matches none of them.
const playable = new RegExp(`^(?!.*(?:${embeddedOnly.map(([name]) => name).join('|')}))`)

/** `npm run test:real`: the stories, and what only real servers can show. One file at a time. */
const config: ViteUserConfig = defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/stories/**/*.test.ts', 'test/real/**/*.test.ts'],
    exclude: [
      // They play on servers that the program under test starts itself.
      'test/stories/demo.test.ts',
      'test/stories/run.test.ts',
      // Refreshes of a minute each, dozens of them: not played in real time yet.
      'test/stories/absence.test.ts',
      'node_modules/**',
    ],
    globalSetup: ['test/real/global-setup.ts'],
    testNamePattern: playable,
    fileParallelism: false, // the stories share one cluster, cleared after each
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

export default config
