import { expect, it } from 'vitest'
import { shrink } from './shrink.ts'
import type { Step } from './step.ts'

const get = (name: string): Step => ({ method: 'GET', kind: 'ConfigMap', name })
const post: Step = {
  method: 'POST',
  kind: 'ConfigMap',
  query: { fieldManager: 'a', dryRun: 'All' },
  body: { metadata: { name: 'one', labels: { a: '1', b: '2' } }, data: { x: '1', y: '2' } },
}

it('leaves the steps, options and values alone that what was found needs', async () => {
  const steps = [get('a'), post, get('b'), get('c'), get('last')]
  // Fails while the label b is there, and the last step.
  const fails = (some: readonly Step[]): Promise<boolean> => {
    const text = JSON.stringify(some)
    return Promise.resolve(text.includes('"b":"2"') && some.at(-1)?.name === 'last')
  }
  expect(await shrink(steps, fails)).toEqual([
    { ...post, query: {}, body: { metadata: { name: 'one', labels: { b: '2' } } } },
    get('last'),
  ])
})

it('asks no more often than it may, and gives what it has by then', async () => {
  let asked = 0
  const steps = Array.from({ length: 20 }, (_, i) => get(String(i)))
  const left = await shrink(
    steps,
    () => {
      asked++
      return Promise.resolve(true)
    },
    2,
  )
  expect(asked).toBe(2)
  expect(left.length).toBeLessThan(20)
  expect(left.at(-1)).toEqual(get('19'))
})
