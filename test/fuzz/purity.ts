/**
 * Renders recorded templates again and again in a world that cannot be touched: clock, chance, files,
 * network, children and environment throw. What comes out must be the same each time. (Whether it is
 * right is another test's question: template-conformance.)
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { parseTemplate, render, TemplateFault } from '#template'
import { dataOf, readLines, type Line } from '../template/lines.ts'

export interface PurityReport {
  readonly done: number
  readonly templates: number
  readonly outputs: number
  readonly errors: number
}

const files = [
  ...'lang printf real sealed fn-strings fn-encoding fn-lists fn-dicts fn-numbers fn-misc'.split(
    ' ',
  ),
  ...'fn-regex fn-dates fn-crypto'.split(' '),
]

/** @throws Error at the first render that touches the world or differs from the one before. */
export async function renderPurely(renders: number): Promise<PurityReport> {
  const lines = readLines(...files)
  const restore = closeWorld()
  try {
    const before = new Map<string, string>()
    let done = 0
    while (done < renders) {
      for (const line of lines.slice(0, renders - done)) {
        const answer = answerTo(line)
        const known = before.get(line.id)
        if (known === undefined) before.set(line.id, answer)
        else if (known !== answer) throw new Error(`${line.id} gave another answer than before`)
        done++
      }
    }
    const outputs = [...before.values()].filter((answer) => answer.startsWith('output ')).length
    return { done, templates: before.size, outputs, errors: before.size - outputs }
  } finally {
    restore()
  }
}

function answerTo(line: Line): string {
  const { template, engine, name = 't', left, right } = line
  try {
    const parsed = parseTemplate(template, {
      engine,
      name,
      ...(left === undefined ? {} : { left }),
      ...(right === undefined ? {} : { right }),
    })
    return `output ${Buffer.from(render(parsed, dataOf(line))).toString('latin1')}`
  } catch (thrown) {
    if (thrown instanceof TemplateFault) return `error ${thrown.message}`
    throw new Error(`${line.id} touched the world, or crashed`, { cause: thrown })
  }
}

const bite = (what: string) => (): never => {
  throw new Error(`a template reached for ${what}`)
}

/** Replaces what a function of ours could reach; @returns what puts it back. */
export function closeWorld(): () => void {
  const require = createRequire(import.meta.url)
  const undo: (() => void)[] = []
  const close = (owner: object, name: string, value: unknown): void => {
    const found = Object.getOwnPropertyDescriptor(owner, name)
    if (found?.configurable !== true) return
    Object.defineProperty(owner, name, { configurable: true, writable: true, value })
    undo.push(() => Object.defineProperty(owner, name, found))
  }
  const modules: readonly (readonly [string, readonly string[]])[] = [
    [
      'node:crypto',
      [
        'randomBytes',
        'randomUUID',
        'randomInt',
        'randomFill',
        'randomFillSync',
        'generateKeyPairSync',
      ],
    ],
    ['node:dns', ['lookup', 'resolve', 'resolve4', 'resolve6']],
    ['node:net', ['connect', 'createConnection', 'createServer']],
    ['node:http', ['request', 'get']],
    ['node:https', ['request', 'get']],
    [
      'node:child_process',
      ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
    ],
    [
      'node:fs',
      Object.keys(require('node:fs') as object).filter(
        (name) => /^[a-z]/.test(name) && name !== 'promises',
      ),
    ],
    ['node:os', ['hostname', 'networkInterfaces', 'userInfo', 'homedir']],
  ]
  for (const [module, names] of modules) {
    const owner = require(module) as object
    for (const name of names) close(owner, name, bite(`${name} of ${module}`))
  }
  const RealDate = Date
  const timeless = new Proxy(RealDate, {
    apply: bite('the clock'),
    construct: (target, args: unknown[]) =>
      args.length === 0 ? bite('the clock')() : (Reflect.construct(target, args) as object),
    get: (target, name) =>
      name === 'now' ? bite('the clock') : (Reflect.get(target, name) as unknown),
  })
  close(globalThis, 'Date', timeless)
  close(globalThis, 'fetch', bite('the network'))
  close(globalThis, 'performance', undefined)
  close(Math, 'random', bite('chance'))
  close(globalThis.crypto, 'getRandomValues', bite('chance'))
  close(process, 'hrtime', bite('the clock'))
  close(
    process,
    'env',
    new Proxy({}, { get: bite('the environment'), ownKeys: bite('the environment') }),
  )
  syncBuiltinESMExports()
  return () => {
    for (const one of undo.toReversed()) one()
    syncBuiltinESMExports()
  }
}
