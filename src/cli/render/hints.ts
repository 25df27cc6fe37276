/** What a person can do about a template that fails; one sentence, without a value of the data. */
import { signaturesOf, type Engine } from '#template'
import type { Failure } from './render-task.ts'

/** What a hint may tell of. */
export interface Known {
  readonly engine: Engine
  /** Keys of the data that was given. */
  readonly keys: readonly string[]
  /** Keys that the manifest says the data will have; absent: that cannot be told. */
  readonly declared: readonly string[] | undefined
}

/** The hint for a failure, or undefined when its message says all. */
export function hintFor(failure: Failure, known: Known): string | undefined {
  switch (failure.fault) {
    case 'missing-key':
      return missingKey(quotedIn(failure.what), known)
    case 'no-function':
      return noFunction(quotedIn(failure.what), known)
    case 'no-variable':
      return 'a variable is declared with :=, as in {{ $x := .key }}, and known up to the end of its block'
    case 'no-template':
      return `declare it in the same text: {{ define ${JSON.stringify(quotedIn(failure.what))} }}…{{ end }}`
    case 'wrong-args':
    case 'wrong-type':
      return wrongType(failure.what, known)
    case 'syntax':
      return syntax(failure.what)
    case 'limit':
    case 'depth':
      return 'a template is bounded in steps, output and depth; make it smaller'
    default:
      return failure.hint
  }
}

/** The last word in double quotes. */
function quotedIn(what: string): string {
  return /"([^"]*)"(?!.*")/.exec(what)?.[1] ?? ''
}

function missingKey(key: string, { keys, declared }: Known): string {
  if (declared?.includes(key) === true && !keys.includes(key)) {
    return `the object will have ${key}; to try it, give --data ${key}=… or --data-file`
  }
  const known = [...new Set([...keys, ...(declared ?? [])])].sort()
  const near = nearest(key, known)
  if (near !== undefined) return `did you mean .${near}?`
  if (known.length === 0) return 'there is no data: give --data key=value or --data-file'
  return `the data has: ${some(known)}`
}

const ambient: readonly string[] = ['env', 'expandenv', 'getHostByName', 'getSecretKey']

function noFunction(name: string, { engine, keys, declared }: Known): string {
  if (keys.includes(name) || declared?.includes(name) === true) {
    return `a value is written with a dot: .${name}`
  }
  if (ambient.includes(name)) return 'templates see their data alone: no environment, no network'
  const others = signaturesOf(engine === 'sealed' ? 'eso' : 'sealed')
  if (others.has(name)) {
    return `${name} is known to ${engine === 'sealed' ? 'ExternalSecrets' : 'SealedSecrets'} alone`
  }
  const near = nearest(name, [...signaturesOf(engine).keys()])
  return near === undefined
    ? 'functions are those of Go templates and sprig: https://masterminds.github.io/sprig/'
    : `did you mean ${near}?`
}

function wrongType(what: string, { engine }: Known): string | undefined {
  if (what.includes('expected map[string]interface {}; got map[string]string')) {
    return 'the data is a map of texts, not a dict: write index . "key", or fromJson (toJson .)'
  }
  if (/expected int; got (int64|float64|string)/.test(what)) return 'convert it: (int …)'
  if (/expected string; got/.test(what)) return 'convert it: (toString …)'
  if (what.startsWith("range can't iterate over a value of type string")) {
    return 'every value is a text: split it, as in range splitList "," .key, or read it with fromJson'
  }
  const name = /(?:for|calling) (\w+)/.exec(what)?.[1] ?? ''
  const signature = signaturesOf(engine).get(name)
  return signature === undefined ? undefined : `it is called as: ${name} (${signature})`
}

function syntax(what: string): string | undefined {
  if (what.includes("bad character U+002D '-'")) {
    return 'a key with a dash is written {{ index . "the-key" }}; a subtraction {{ sub .a .b }}'
  }
  if (what.includes('unexpected EOF'))
    return 'an if, range, with, define or block lacks its {{ end }}'
  if (what.includes('unclosed action')) return 'an action ends with }}'
  if (what.includes('unexpected "="')) return 'compare with eq: {{ if eq .a "b" }}'
  if (what.includes('unexpected {{end}}')) return 'there is one {{ end }} too many'
  if (what.includes("'!'") || what.includes('unexpected "!"'))
    return 'negate with not: {{ if not .a }}'
  if (what.includes('unexpected "+"')) return 'add numbers with add, join texts with print'
  return undefined
}

/** Up to eight of them. */
function some(words: readonly string[]): string {
  const more = words.length - 8
  return words.slice(0, 8).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The word that is the fewest edits away, if they are few. */
function nearest(word: string, words: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3))
  const ranked = words
    .map((other) => ({ other, edits: editsBetween(word.toLowerCase(), other.toLowerCase()) }))
    .filter(({ edits }) => edits <= most)
    .sort((a, b) => a.edits - b.edits || (a.other < b.other ? -1 : 1))
  return ranked[0]?.other
}

/** How many letters must be put in, left out, changed or swapped with their neighbour. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64) return 99
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
      )
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwapped) edits = Math.min(edits, (before[j - 2] ?? 0) + 1)
      next.push(edits)
    }
    before = row
    row = next
  }
  return row[b.length] ?? 99
}
