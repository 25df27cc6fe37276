import { readFileSync } from 'node:fs'

import {
  generateKey,
  parseTemplate,
  render,
  TemplateFault,
  type Engine,
  type KeyKind,
} from '#template'

/** One recorded question with its answer; README.md beside the files says what each field means. */
export interface Line {
  readonly id: string
  readonly suite: string
  readonly group: string
  readonly template: string
  readonly data?: Readonly<Record<string, string>>
  readonly dataB64?: Readonly<Record<string, string>>
  readonly engine: Engine
  readonly name?: string
  readonly left?: string
  readonly right?: string
  readonly output?: string
  readonly outputB64?: string
  readonly pattern?: string
  readonly error?: { readonly kind: string; readonly line?: number; readonly class: string }
}

/** The recorded lines of these files, without `.jsonl`. */
export function readLines(...files: readonly string[]): Line[] {
  return files.flatMap((file) =>
    readFileSync(new URL(`../conformance/template/${file}.jsonl`, import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  )
}

/** A Secret's data as a line describes it. */
export function dataOf(line: Pick<Line, 'data' | 'dataB64'>): Map<string, Uint8Array> {
  const data = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(line.data ?? {})) data.set(key, Buffer.from(text))
  for (const [key, text] of Object.entries(line.dataB64 ?? {})) {
    data.set(key, Buffer.from(text, 'base64'))
  }
  return data
}

// One key of each kind will do: making them takes seconds, and the answers hold no key.
const keys = new Map<KeyKind, Uint8Array>()

let seed = 1
const deps = {
  generateKey: (kind: KeyKind): Uint8Array => {
    const key = keys.get(kind) ?? generateKey(kind)
    keys.set(kind, key)
    return key
  },
  now: (): number => 1_767_225_600_000,
  randomBytes: (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return (seed >> 8) & 255
    }),
}

/** Why our answer to a template line differs, or `undefined` when it does not. */
export function difference(line: Line): string | undefined {
  let output: Buffer
  try {
    const template = parseTemplate(line.template, {
      engine: line.engine,
      name: line.name ?? 't',
      ...(line.left === undefined ? {} : { left: line.left }),
      ...(line.right === undefined ? {} : { right: line.right }),
    })
    output = Buffer.from(render(template, dataOf(line), { deps }))
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) return `crashed: ${String(thrown)}`
    if (thrown.fault === 'unsupported') return thrown.message
    if (line.error === undefined) return `failed: ${thrown.message}`
    if (thrown.phase !== line.error.kind) return `${thrown.phase} error: ${thrown.message}`
    const wanted = line.error.line
    return wanted === undefined || wanted === thrown.line ? undefined : `line ${thrown.line}`
  }
  if (line.error !== undefined) return `rendered ${JSON.stringify(output.toString())}`
  if (line.pattern !== undefined) {
    return new RegExp(line.pattern, 'u').test(output.toString())
      ? undefined
      : `no match: ${JSON.stringify(output.toString())}`
  }
  const expected = Buffer.from(
    line.outputB64 ?? line.output ?? '',
    line.outputB64 === undefined ? 'utf8' : 'base64',
  )
  return expected.equals(output) ? undefined : `rendered ${JSON.stringify(output.toString())}`
}
