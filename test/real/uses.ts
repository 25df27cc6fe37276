/**
 * Which test used which component: told by the places that reach for one, read by the reporter, so that
 * the closing table counts what was really used.
 */
import { appendFileSync } from 'node:fs'
import { expect, TestRunner } from 'vitest'

/** A component in use; `test` is absent where all of the file uses it. */
export interface ComponentUse {
  readonly file: string
  /** vitest's own id of the test. */
  readonly test?: string
  readonly component: string
}

const seen = new Set<string>()

/** Notes that the test which runs now uses `component`. Does nothing outside `npm run test:real`. */
export function noteUse(component: string): void {
  const path = process.env['LOCKSTEP_TEST_USES']
  if (path === undefined || process.env['VITEST_WORKER_ID'] === undefined) return
  const file = expect.getState().testPath
  if (file === undefined) return
  const test = TestRunner.getCurrentTest()?.id
  const use: ComponentUse = { file, component, ...(test === undefined ? {} : { test }) }
  const line = JSON.stringify(use)
  if (seen.has(line)) return
  seen.add(line)
  appendFileSync(path, `${line}\n`)
}
