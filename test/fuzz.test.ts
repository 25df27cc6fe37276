/** A share of `npm run fuzz`, always the same cases; how memory is bounded stands in fuzz/fuzz.ts. */
import { describe, expect, it } from 'vitest'
import { parseTemplate, render } from '#template'
import { canary, canaryForms } from './fuzz/data.ts'
import { caseOf } from './fuzz/cases.ts'
import { fuzz } from './fuzz/fuzz.ts'
import { closeWorld, renderPurely } from './fuzz/purity.ts'
import { judgeCase } from './fuzz/run.ts'

const cases = 150

describe('any bytes as template, over any data', () => {
  it('give an output, or an error with line and column and without a value; the heap suffices', async () => {
    const report = await fuzz({ seed: 1, goOn: (done) => done < cases, batch: cases })
    expect(report.findings).toEqual([])
    expect(report.cases).toBe(cases)
    // The cases reach every way to end, or they would show nothing.
    for (const count of Object.values(report.outcomes)) expect(count).toBeGreaterThan(cases / 20)
  }, 240_000)

  it('are the same for the same seed', () => {
    for (const seed of [1, 77, 4_000_000]) expect(caseOf(seed)).toEqual(caseOf(seed))
    expect(caseOf(1)).not.toEqual(caseOf(2))
  })
})

describe('the judge sees', () => {
  const data = new Map([['a', Buffer.from(canary)]])
  const judged = (template: string): string | undefined =>
    judgeCase({ kind: 'words', engine: 'eso', template, data }).wrong

  it('nothing in what is right', () => {
    expect(judged('{{ .a }}')).toBeUndefined()
    expect(judged('{{ .nope }}')).toBeUndefined()
    expect(judged('{{ fail .a }}')).toBeUndefined()
  })

  it('a value in an error, however it was turned', () => {
    // A key of a template is no value, so it may be shown; here it stands for one.
    for (const form of canaryForms)
      expect(judged(`{{ index . "a" }}{{ .x${form} }}`)).toMatch(/shows a value/)
  })
})

describe('a case that takes too much', () => {
  it('of memory ends its thread and is found, and the others run', async () => {
    const plant = { seed: 3, takes: 'memory' } as const
    const few = { seed: 1, goOn: (done: number) => done < 1, batch: 5 }
    const { findings, cases, outcomes } = await fuzz({ ...few, plant, patienceMs: 60_000 })
    expect(findings).toEqual([{ seed: 3, why: 'needs more than its heap' }])
    expect(cases).toBe(5)
    expect(Object.values(outcomes).reduce((a, b) => a + b)).toBe(5)
  }, 240_000)

  it('of time ends its thread and is found', async () => {
    // It alone: on a busy machine any other case might seem to stand still for so short a time.
    const plant = { seed: 1, takes: 'time' } as const
    const alone = { seed: 1, goOn: (done: number) => done < 1, batch: 1, patienceMs: 200 }
    const { findings } = await fuzz({ ...alone, plant })
    expect(findings).toEqual([{ seed: 1, why: 'still runs after 200 ms' }])
  }, 240_000)
})

describe('rendering', () => {
  it('touches neither clock, chance, files, network, children nor environment, 5,000 times', async () => {
    const { done, outputs, errors } = await renderPurely(5_000)
    expect(done).toBe(5_000)
    expect(outputs).toBeGreaterThan(3_000)
    expect(errors).toBeGreaterThan(1_000)
  }, 240_000)

  it('in a world that bites whoever touches it', async () => {
    const { readFileSync } = await import('node:fs')
    const restore = closeWorld()
    const touched: string[] = []
    const touch = (name: string, work: () => unknown): void => {
      try {
        work()
      } catch {
        touched.push(name)
      }
    }
    try {
      touch('clock', () => Date.now())
      touch('date', () => new Date())
      touch('chance', () => Math.random())
      touch('environment', () => process.env['HOME'])
      touch('network', () => fetch('http://127.0.0.1:1'))
      const fs: { readFileSync: typeof readFileSync } = process.getBuiltinModule('node:fs')
      touch('files', () => fs.readFileSync('package.json'))
      const now = parseTemplate('{{ now }}', { engine: 'eso', name: 'clock' })
      touch('deps', () => render(now, new Map(), { deps: { now: () => Date.now() } }))
    } finally {
      restore()
    }
    expect(touched).toEqual(['clock', 'date', 'chance', 'environment', 'network', 'files', 'deps'])
    expect(Date.now()).toBeGreaterThan(0)
  })
})
