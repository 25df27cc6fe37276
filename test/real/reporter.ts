/**
 * The end of a real run: which component was used by how many tests, how they ended, what was skipped and
 * why, and the closing line `N passed, N failed, N skipped`.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { components, find, type Component, type Found } from '../../scripts/components/index.ts'
import { lentKubeconfig } from './stage-at-hand.ts'
import type { ComponentUse } from './uses.ts'

/** The parts of a cluster, whose versions are its owner's where it is lent. */
const ofCluster: readonly string[] = ['etcd', 'kube-apiserver', 'kube-controller-manager']
const isLent = lentKubeconfig() !== undefined

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** vitest's way to be told of a run. */
export default class ComponentReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const uses = readUses()
    console.log(`\n${tableOf(tests, uses)}\n`)
    for (const test of tests) {
      const result = test.result()
      if (result.state !== 'skipped') continue
      if (result.note === undefined) continue // not chosen
      console.log(`SKIPPED ${test.module.relativeModuleId}: ${test.fullName}: ${result.note}`)
    }
    const broken = modules.filter((module) => module.errors().length > 0).length
    const { passed, failed, skipped } = countsOf(tests)
    console.log(`${passed} passed, ${failed + broken} failed, ${skipped} skipped`)
  }
}

/** Rows of all components: those that no test used are named too. */
function tableOf(tests: readonly TestCase[], uses: readonly ComponentUse[]): string {
  const head = ['COMPONENT', 'VERSION', 'FROM', 'TESTS', 'PASSED', 'FAILED', 'SKIPPED']
  const rows = components.map((component) => {
    const using = tests.filter((test) => uses.some((use) => isBy(use, component, test)))
    const { passed, failed, skipped } = countsOf(using)
    const counts = [using.length, passed, failed, skipped].map(String)
    if (isLent && ofCluster.includes(component.name)) {
      return [component.name, '', 'lent', ...counts]
    }
    return [component.name, component.version, placeOf(find(component)), ...counts]
  })
  const all = [head, ...rows]
  const widths = head.map((_name, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function isBy(use: ComponentUse, component: Component, test: TestCase): boolean {
  if (use.component !== component.name) return false
  return use.test === undefined ? use.file === test.module.moduleId : use.test === test.id
}

function placeOf(found: Found): string {
  return found.kind === 'missing' ? 'MISSING' : found.from
}

function countsOf(tests: readonly TestCase[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const test of tests) {
    const { state } = test.result()
    counts[state === 'pending' ? 'skipped' : state] += 1
  }
  return counts
}

function readUses(): readonly ComponentUse[] {
  const path = process.env['LOCKSTEP_TEST_USES']
  if (path === undefined || !existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  rmSync(dirname(path), { recursive: true, force: true })
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ComponentUse)
}
