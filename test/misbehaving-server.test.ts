/**
 * What a misbehaving API server does to the client, the informer, the work queue, the lease and the
 * status writer: two replicas of a small operator live through each row of the table of faults. In
 * every row: two never lead at once, nothing is told as deleted that is there, nothing is logged as a
 * bug, and when the fault is over all converges and then is at rest (test/misbehaving/world.ts).
 */
import { describe, expect, it } from 'vitest'
import { apiErrors } from './misbehaving/api-errors.ts'
import { table, type Row } from './misbehaving/rows.ts'
import { watchFaults } from './misbehaving/watch.ts'

const families: Readonly<Record<keyof typeof table, readonly Row[]>> = {
  'API errors': apiErrors,
  Watch: watchFaults,
}

describe.each(Object.entries(families))('%s', (_family, rows) => {
  it.each(rows.map(({ row, test, run }) => [row, test, run] as const))(
    '%s: %s',
    async (_row, _test, run) => await run(),
  )
})

describe('the table of faults', () => {
  it.each(Object.entries(families))('%s: each row has its test, once', (family, rows) => {
    const names = table[family as keyof typeof table]
    expect(rows.map(({ row }) => row)).toEqual(names)
  })

  it('stands in misbehaving/README.md as it is tested', async () => {
    const lines = Object.entries(families).flatMap(([family, rows]) => [
      `\n## ${family}\n`,
      '| fault | what the client, informer, queue, lease and status writer do |',
      '| --- | --- |',
      ...rows.map(({ row, test }) => `| ${row} | ${test} |`),
    ])
    const head =
      '# A server that misbehaves\n\nWritten by `test/misbehaving-server.test.ts`, one test a row; `vitest run -u` writes it anew.'
    await expect(`${[head, ...lines].join('\n')}\n`).toMatchFileSnapshot('misbehaving/README.md')
  })
})
