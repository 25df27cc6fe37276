/** One case, rendered and judged here and now. */
import { generateKey, parseTemplate, render, TemplateFault, type KeyKind } from '#template'
import { canaryForms } from './data.ts'
import { caseOf, type Case } from './cases.ts'

/** What a case came to. */
export type Outcome = 'rendered' | 'refused when parsed' | 'failed when run'

/** What must not be. */
export interface Finding {
  readonly seed: number
  readonly why: string
}

/** How one case went. */
export interface Verdict {
  readonly outcome: Outcome
  readonly cpuMs: number
  readonly wrong?: string
}

// Making a key takes up to seconds and happens outside of what is measured: one of each kind will do.
const keys = new Map<KeyKind, Uint8Array>()
let drawn = 0
const deps = {
  now: (): number => 1_767_225_600_000,
  randomBytes: (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => drawn++ & 255),
  generateKey: (kind: KeyKind): Uint8Array => {
    // DSA alone takes seconds to make, once.
    const made = keys.get(kind) ?? generateKey(kind === 'dsa' ? 'ecdsa' : kind)
    keys.set(kind, made)
    return made
  },
}

/** Makes the keys before anything is measured. */
export function warmUp(): void {
  for (const kind of ['rsa', 'dsa', 'ecdsa', 'ed25519'] as const) deps.generateKey(kind)
}

/** Renders the case of a seed. */
export function judge(seed: number): Verdict {
  return judgeCase(caseOf(seed))
}

/** Renders one case: an output, or a fault with a place and without a value; nothing else. */
export function judgeCase({ engine, template, data }: Case): Verdict {
  const from = process.threadCpuUsage()
  let outcome: Outcome = 'rendered'
  let wrong: string | undefined
  try {
    render(parseTemplate(template, { engine, name: 't' }), data, { deps })
  } catch (thrown) {
    outcome =
      thrown instanceof TemplateFault && thrown.phase === 'parse'
        ? 'refused when parsed'
        : 'failed when run'
    wrong = wrongWith(thrown, template)
  }
  const { user, system } = process.threadCpuUsage(from)
  const verdict = { outcome, cpuMs: (user + system) / 1000 }
  return wrong === undefined ? verdict : { ...verdict, wrong }
}

function wrongWith(thrown: unknown, template: string): string | undefined {
  if (!(thrown instanceof TemplateFault)) {
    return `crashed: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`
  }
  const { line, column } = thrown
  const lines = template.split('\n')
  if (line < 1 || line > lines.length) return `line ${line} is not there: ${thrown.message}`
  if (thrown.fault !== 'limit' && column === undefined) return `no column: ${thrown.message}`
  if (column !== undefined && (column < 0 || column > Buffer.byteLength(lines[line - 1] ?? ''))) {
    return `column ${column} is not there: ${thrown.message}`
  }
  const told = JSON.stringify([thrown.message, thrown.hint, thrown.at, thrown.what]).toLowerCase()
  const shown = canaryForms.find((form) => told.includes(form))
  return shown === undefined ? undefined : `shows a value (${shown}): ${thrown.message}`
}
