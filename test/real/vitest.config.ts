import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { embeddedOnlyFiles } from './embedded-only.ts'
import { lentKubeconfig, missingPlane } from './stage-at-hand.ts'

/**
 * `npm run test:real`: the stories, and what only real servers can show. Each worker has a control plane
 * and a Vault of its own, which its stories clear; most of their time is waiting. A lent cluster plays
 * the stories alone, one after the other: the rest starts, stops and breaks servers of its own.
 */
const isLent = lentKubeconfig() !== undefined
const workers = isLent ? 1 : Math.max(2, Math.min(4, Math.floor(availableParallelism() / 2)))

const config: ViteUserConfig = defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  test: {
    include: [
      'test/stories/**/*.test.ts',
      ...(isLent
        ? []
        : ['test/deploy-rights.test.ts', 'test/vault-recorded.test.ts', 'test/real/**/*.test.ts']),
    ],
    exclude: [...embeddedOnlyFiles.map(([path]) => path), 'node_modules/**'],
    globalSetup: ['test/real/global-setup.ts'],
    setupFiles: ['test/real/worker.ts'],
    reporters: ['verbose', 'test/real/reporter.ts'],
    // Without a control plane every test is skipped, and counted so.
    ...(missingPlane.length > 0 ? { testNamePattern: /(?!)/ } : {}),
    maxWorkers: workers,
    fileParallelism: workers > 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

export default config
