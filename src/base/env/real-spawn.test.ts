import { expect, it } from 'vitest'
import { realSpawn } from './real-spawn.ts'

it('stops a child whose output nobody has read to the end', async () => {
  const program = `process.stdout.write('x'.repeat(1_000_000)); setInterval(() => {}, 1_000)`
  const child = await realSpawn.start({ file: process.execPath, args: ['-e', program] })
  await child.stdout[Symbol.asyncIterator]().next()
  await child.stop()
  expect(await child.exited).toBe(-1)
})

it('a reader of a child that is stopped gets a Fault, not a surprise', async () => {
  const program = `process.stdout.write('x'); setInterval(() => {}, 1_000)`
  const child = await realSpawn.start({ file: process.execPath, args: ['-e', program] })
  const reading = child.stdout[Symbol.asyncIterator]()
  await reading.next()
  const rest = reading.next()
  const refused = expect(rest).rejects.toMatchObject({ reason: 'Unavailable' })
  await child.stop()
  await refused
})
